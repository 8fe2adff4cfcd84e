import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { foundations } from '#graph/contracts/foundations.ts'
import { hasSharedGraph, readShared, sharedGraph } from '#graph/contracts/metadata-testing.ts'
import { contractOf, contracts } from '#graph/contracts/registry.ts'
import { matchBatch } from '#graph/client/read-batch.ts'
import { errorBody, parseBatch, parseGroup, parseIdentified, parsePage } from '#graph/client/responses.ts'
import { settleAnswer } from '#graph/client/write-request.ts'

interface DocumentedRead {
  readonly name: string
  readonly kind: 'list' | 'item' | 'assignments'
  readonly body: unknown
}

interface Refusal {
  readonly status: number
  readonly body: unknown
}

interface ApprovalForms {
  readonly missingHeader: { readonly observed: number; readonly body: unknown }
  readonly approvalRequired: { readonly documented: Refusal; readonly observed: Refusal }
}

interface Sample {
  readonly cases: readonly {
    readonly request: { readonly method: string; readonly url: string }
    readonly response?: { readonly status?: number; readonly body?: unknown }
  }[]
}

const ours = [...contracts, ...foundations].map(({ collection }) => collection.toLowerCase())

/** Documented answers to reads this product makes: to a list of a collection, or to one item of it. */
function documentedReads(): readonly DocumentedRead[] {
  const files = readdirSync(join(sharedGraph, 'samples')).filter((file) => !file.startsWith('_'))
  const samples = files.flatMap((file) => Object.entries(readShared<Record<string, Sample>>(`samples/${file}`)))
  return samples.flatMap(([name, { cases }]) =>
    cases.flatMap(({ request, response }): DocumentedRead[] => {
      const kind = request.method === 'GET' ? kindOf(request.url) : undefined
      return kind === undefined || response?.body === undefined ? [] : [{ name, kind, body: response.body }]
    }),
  )
}

function kindOf(url: string): DocumentedRead['kind'] | undefined {
  const path = /\/beta(\/[^?]*)/.exec(url)?.[1]?.toLowerCase() ?? ''
  const collection = ours.find((candidate) => path === candidate || path.startsWith(`${candidate}/{`))
  if (collection === undefined) return undefined
  const rest = path.slice(collection.length)
  if (rest === '') return 'list'
  if (/^\/\{[^/]+\}$/.test(rest)) return 'item'
  return /^\/\{[^/]+\}\/assignments$/.test(rest) ? 'assignments' : undefined
}

describe.skipIf(!hasSharedGraph)(`answers documented in ${sharedGraph}`, () => {
  const reads = hasSharedGraph ? documentedReads() : []

  test('there are documented answers to lists, items and assignments', () => {
    const counts = Map.groupBy(reads, ({ kind }) => kind)
    expect(counts.get('list')?.length).toBeGreaterThan(20)
    expect(counts.get('item')?.length).toBeGreaterThan(20)
    expect(counts.get('assignments')?.length).toBeGreaterThan(5)
  })

  test.each(reads.filter(({ kind }) => kind !== 'item'))('the page of $name is read', ({ body }) => {
    const page = parsePage(body)
    expect(page?.value.length).toBeGreaterThan(0)
    expect(page?.value.every((row) => parseIdentified(row) !== undefined)).toBe(true)
  })

  test.each(reads.filter(({ kind }) => kind === 'item'))('the item of $name is read', ({ body }) => {
    // The pages show an item below `value`, where the service sends the item itself.
    const { value = body } = body as { value?: unknown }
    expect(parseIdentified(Array.isArray(value) ? value[0] : value)).toBeDefined()
  })

  test('assignments observed live are objects of a page', () => {
    const { samples } = readShared<{ samples: { value: unknown }[] }>('protocol/observed-assignments.json')
    expect(parsePage({ value: samples.map(({ value }) => value) })?.value).toHaveLength(samples.length)
  })

  test('the documented batch is matched by id, with its next link and its refusals', () => {
    const { sampleResponse } = readShared<{ sampleResponse: unknown }>('protocol/batch.json')
    expect(parseBatch(sampleResponse)?.map(({ id, status }) => [id, status])).toEqual([
      ['1', 200],
      ['3', 403],
      ['4', 405],
      ['5', 200],
    ])
    const parts = [...Array(6).keys()].map(
      () => ({ kind: 'readAssignments', contract: contractOf('intents'), id: 'a' }) as const,
    )
    const states = matchBatch(parts, sampleResponse, 0).map((outcome) => outcome.state)
    expect(states).toEqual(['unclear', 'settled', 'unclear', 'settled', 'settled', 'settled'])
  })

  test('the documented 429 is a pause, with and without Retry-After', () => {
    const samples =
      readShared<
        Record<'sample429' | 'sample429IntuneNoRetryAfter', { headers: Record<string, string>; body: unknown }>
      >('protocol/throttling.json')
    for (const { headers, body } of [samples.sample429, samples.sample429IntuneNoRetryAfter]) {
      const [outcome] = matchBatch(
        [{ kind: 'readOrganization' }],
        { responses: [{ id: '0', status: 429, headers, body }] },
        0,
      )
      expect(outcome).toMatchObject({
        state: 'busy',
        problem: { code: 'graph_throttled', graphCode: 'TooManyRequests' },
      })
      expect(errorBody(body).requestId).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('every documented and observed form of Multi Admin Approval is recognised, whatever its status', () => {
    const { responses } = readShared<{ responses: ApprovalForms }>('protocol/multi-admin-approval.json')
    const approval = [responses.approvalRequired.documented, responses.approvalRequired.observed]
    const missing = { status: responses.missingHeader.observed, body: responses.missingHeader.body }
    const operation = {
      kind: 'replaceAssignments',
      contract: contractOf('configurationPolicies'),
      id: 'a',
      assignments: [],
    } as const
    for (const { status, body } of [...approval, missing]) {
      const answer = { state: 'answered', status, body, headers: new Headers(), bodyProblem: undefined } as const
      expect(settleAnswer(answer, operation, 'id', 0).state).toBe('approval_required')
    }
    const codes = approval.map(({ status, body }) => {
      const result = settleAnswer(
        { state: 'answered', status, body, headers: new Headers(), bodyProblem: undefined },
        operation,
        'id',
        0,
      )
      return result.state === 'approval_required' ? result.approvalCode : undefined
    })
    expect(codes).toEqual(['aabb1234-5678-9012-abcd-ef0123456789', '00000000-0000-0000-0000-000000000000'])
  })

  test('documented groups are read', () => {
    const samples = readShared<Record<string, Sample>>('samples/directory.json')
    const bodies = samples['group.list.beta']?.cases.map(({ response }) => response?.body) ?? []
    // Some pages select only a name; every group the product asks for has an id.
    const rows = bodies.flatMap((body) => parsePage(body)?.value ?? []).filter((row) => 'id' in row)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map(parseGroup)).not.toContain(undefined)
  })
})
