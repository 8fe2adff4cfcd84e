import { describe, expect, it } from 'vitest'
import type { FaultPlanInput } from '../faults/fault-plan.ts'
import { useSimulator } from '../testing.ts'
import type { GraphObject } from '../world.ts'

const simulator = useSimulator({ settings: { throttling: false } })

type FaultInput = FaultPlanInput['faults'][number]

const catalog = '/beta/deviceManagement/configurationPolicies'
const rows = { assignments: [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }] }
const nothing = { assignments: [] }

async function withFault(effect: FaultInput['effect'], match: FaultInput['match'] = { kind: 'graph' }): Promise<void> {
  await simulator.control.setFaults({ faults: [{ match, effect }] })
}

async function policyId(index = 0): Promise<string> {
  const policies = await simulator.control.objectsOf('Contoso', '/deviceManagement/configurationPolicies')
  return policies[index]?.id ?? ''
}

async function storedCount(id: string): Promise<number | undefined> {
  const policies = await simulator.control.objectsOf('Contoso', '/deviceManagement/configurationPolicies')
  return policies.find((policy) => policy.id === id)?.assignments.length
}

/** Waits until the journal has what is looked for; fails after five seconds. */
async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it did not happen within five seconds')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a fault on reading', () => {
  it.each([
    [{ kind: 'status', status: 429, retryAfter: 2.128, blocks: false }, 429, '2.128'],
    [{ kind: 'status', status: 503, retryAfter: 7 }, 503, '7'],
    [{ kind: 'status', status: 500 }, 500, null],
    [{ kind: 'status', status: 504 }, 504, null],
  ] as const)('%j answers %i with Retry-After %s', async (effect, status, retryAfter) => {
    const client = await simulator.client()
    await withFault(effect)
    const answer = await client.get(catalog)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect((await client.get(catalog)).status).toBe(200)
  })

  it('says Retry-After as a date', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'status', status: 429, retryAfter: { date: 30 }, blocks: false })
    const header = (await client.get(catalog)).headers.get('retry-after') ?? ''
    expect(header).toMatch(/GMT$/)
    expect(Date.parse(header)).toBeGreaterThan(Date.now() + 28_000)
  })

  it('with 429 turns the app away from that service until the time is up', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'status', status: 429, retryAfter: 60 })
    await client.get(catalog)
    expect((await client.get(catalog)).status).toBe(429)
    expect((await client.get('/beta/deviceAppManagement/mobileApps?$top=1')).status).toBe(200)
    await simulator.control.changeSettings({ clockOffsetMs: 60_000 })
    expect((await client.get(catalog)).status).toBe(200)
    await simulator.control.changeSettings({ clockOffsetMs: 0, throttling: false })
  })

  it('cuts the connection', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'reset', when: 'beforeApply' })
    await expect(client.get(catalog)).rejects.toThrow('fetch failed')
    const { entries } = await simulator.control.journal()
    expect(entries.findLast(({ kind }) => kind === 'request')).toMatchObject({ status: null, fault: 'fault-1' })
  })

  it('breaks the JSON', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'malformedJson' })
    const { status, text } = await client.get(catalog)
    expect(status).toBe(200)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  it('sends an HTML page', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'html' })
    const { status, headers, text } = await client.get(catalog)
    expect([status, headers.get('content-type'), text.startsWith('<!DOCTYPE html>')]).toEqual([
      200,
      'text/html; charset=utf-8',
      true,
    ])
  })

  it('sends wrong types', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'wrongTypes' })
    const { value, body } = await client.get(`${catalog}?$expand=assignments`)
    expect(value[0]).toMatchObject({ id: 17, assignments: 'not a list' })
    expect(body['@odata.nextLink']).toBe(42)
  })

  it('sends null for lists: those of rows first, else its own', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'nullArrays' })
    expect(
      (await client.get(`${catalog}?$expand=assignments`)).value.every(({ assignments }) => assignments === null),
    ).toBe(true)
    await withFault({ kind: 'nullArrays' })
    expect((await client.get('/beta/groups')).body['value']).toBeNull()
  })

  it('loses a page', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'dropNextLink' })
    expect((await client.get(`${catalog}?$top=1`)).body).not.toHaveProperty(['@odata.nextLink'])
  })

  it('leads round in a circle', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'repeatNextLink' })
    expect((await client.get(`${catalog}?$top=1`)).body['@odata.nextLink']).toBe(`${simulator.url}${catalog}?$top=1`)
  })

  it('leads to a foreign host', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'foreignNextLink' })
    expect(new URL(String((await client.get(`${catalog}?$top=1`)).body['@odata.nextLink'])).host).toBe(
      'graph.example.invalid',
    )
  })

  it('sends an empty page that leads on to all rows', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'emptyPage' })
    const { value, body } = await client.get(`${catalog}?$top=3`)
    expect(value).toEqual([])
    expect((await client.get(String(body['@odata.nextLink']))).value).toHaveLength(3)
  })

  it('cuts expanded assignments short and says where the rest is', async () => {
    const client = await simulator.client()
    const id = await policyId()
    const many = ['allDevicesAssignmentTarget', 'allLicensedUsersAssignmentTarget']
    const assignments = many.map((name) => ({ target: { '@odata.type': `#microsoft.graph.${name}` } }))
    await simulator.control.change('Contoso', [
      { action: 'setAssignments', collection: '/deviceManagement/configurationPolicies', id, assignments },
    ])
    await withFault({ kind: 'truncatedExpand' })
    const { value } = await client.get(`${catalog}?$expand=assignments`)
    expect(value[0]?.['assignments']).toHaveLength(1)
    expect((await client.get(String(value[0]?.['assignments@odata.nextLink']))).value).toHaveLength(1)
  })

  it('sends a body by drops, or without end', async () => {
    const client = await simulator.client()
    for (const effect of [{ kind: 'slowBody' }, { kind: 'endlessBody' }] as const) {
      await withFault(effect)
      const abort = new AbortController()
      const response = await fetch(`${simulator.url}${catalog}`, {
        headers: { authorization: `Bearer ${client.token}` },
        signal: abort.signal,
      })
      const reader = response.body?.getReader()
      const first = await reader?.read()
      expect(first?.done).toBe(false)
      abort.abort()
    }
  })

  it('hits parts of a batch and not the batch, or the other way round', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'status', status: 503 }, { kind: 'graph', in: 'inner' })
    expect((await client.batchOfReads(['/organization', '/organization'])).map(({ status }) => status)).toEqual(
      expect.arrayContaining([200, 503]),
    )
    await withFault({ kind: 'status', status: 503 }, { kind: 'graph', in: 'outer' })
    expect((await client.send('POST', '/beta/$batch', { requests: [] })).status).toBe(503)
  })

  it('loses, doubles and shuffles parts of a batch', async () => {
    const client = await simulator.client()
    await withFault({ kind: 'partialBatch', missing: 1, doubled: 1 }, { kind: 'graph', in: 'outer' })
    const ids = (await client.batchOfReads(['/organization', '/organization', '/organization'])).map(({ id }) => id)
    expect(ids).toEqual(['2', '1', '2'])
  })
})

describe('a fault on writing', () => {
  async function write(id: string, body: GraphObject = rows) {
    const client = await simulator.client('writer')
    return client.send('POST', `${catalog}/${id}/assign`, body)
  }
  const onAssign = { kind: 'graph', path: '/beta/**/assign' } as const

  it.each([
    ['beforeApply', 0],
    ['afterApply', 1],
  ] as const)('cut %s leaves %i assignments', async (when, count) => {
    const id = await policyId(1)
    await write(id, nothing)
    await withFault({ kind: 'reset', when }, onAssign)
    await expect(write(id)).rejects.toThrow('fetch failed')
    expect(await storedCount(id)).toBe(count)
  })

  it('cut duringApply takes effect all the same, a little later', async () => {
    const id = await policyId(1)
    await write(id, nothing)
    await withFault({ kind: 'reset', when: 'duringApply' }, onAssign)
    await expect(write(id)).rejects.toThrow('fetch failed')
    await eventually(async () => (await storedCount(id)) === 1)
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('answered with 504 (applied: %s) leaves %i assignments', async (applied, count) => {
    const id = await policyId(1)
    await write(id, nothing)
    await withFault({ kind: 'status', status: 504, applied }, onAssign)
    expect((await write(id)).status).toBe(504)
    expect(await storedCount(id)).toBe(count)
  })

  it('is accepted and applied late', async () => {
    const id = await policyId(1)
    await write(id, nothing)
    await withFault({ kind: 'applyLate', ms: 120_000 }, onAssign)
    expect((await write(id)).status).toBe(200)
    expect(await storedCount(id)).toBe(0)
    await simulator.control.changeSettings({ clockOffsetMs: 120_000 })
    expect(await storedCount(id)).toBe(1)
    await simulator.control.changeSettings({ clockOffsetMs: 0 })
  })

  it('is accepted and ignored', async () => {
    const id = await policyId(1)
    await write(id, nothing)
    await withFault({ kind: 'ignoreWrite' }, onAssign)
    expect((await write(id)).status).toBe(200)
    expect(await storedCount(id)).toBe(0)
  })

  it('reads stale for some reads', async () => {
    const id = await policyId(1)
    await write(id, nothing)
    await withFault({ kind: 'staleReads', reads: 2 }, onAssign)
    await write(id)
    const client = await simulator.client()
    const counts: number[] = []
    for (let read = 0; read < 3; read++) counts.push((await client.get(`${catalog}/${id}/assignments`)).value.length)
    expect(counts).toEqual([0, 0, 1])
  })
})

describe('eventual consistency', () => {
  it('shows the old state until the delay is over', async () => {
    const client = await simulator.client('writer')
    const id = await policyId(2)
    await client.send('POST', `${catalog}/${id}/assign`, nothing)
    await simulator.control.changeSettings({ consistencyDelayMs: 30_000 })
    await client.send('POST', `${catalog}/${id}/assign`, rows)
    expect((await client.get(`${catalog}/${id}/assignments`)).value).toHaveLength(0)
    await simulator.control.changeSettings({ clockOffsetMs: 30_000 })
    expect((await client.get(`${catalog}/${id}/assignments`)).value).toHaveLength(1)
    await simulator.control.changeSettings({ clockOffsetMs: 0, consistencyDelayMs: 0 })
  })
})

describe('a fault plan', () => {
  it('that is wrong is refused with every field named', async () => {
    const plan: FaultPlanInput = { faults: [{ effect: { kind: 'status', status: 42 } }] }
    await expect(simulator.control.setFaults(plan)).rejects.toThrow(/faults\.0\.effect\.status: /)
  })

  it('says how often each fault hit', async () => {
    await simulator.control.setFaults({ faults: [{ id: 'mine', count: 2, effect: { kind: 'dropNextLink' } }] })
    const client = await simulator.client()
    for (let read = 0; read < 3; read++) await client.get(catalog)
    expect(await simulator.control.faults()).toMatchObject([{ id: 'mine', matches: 3, hits: 2 }])
    await simulator.control.clearFaults()
    expect(await simulator.control.faults()).toEqual([])
  })
})
