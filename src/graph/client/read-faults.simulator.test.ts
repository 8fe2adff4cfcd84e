import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import type { GraphClientOptions } from '#graph/client/create-graph-client.ts'
import type { PolicyRow } from '#graph/client/graph-client.ts'
import { longestWaitMs } from '#graph/client/pacer.ts'
import { noAbort } from '#graph/client/testing.ts'
import type { FaultInput } from '#graph/client/simulator-testing.ts'
import { useSimulator } from '#graph/client/simulator-testing.ts'

const sim = useSimulator({ policies: 300, seed: 11 })
const policies = contractOf('configurationPolicies')
const list = { path: `/beta${policies.collection}` }
// Real timeouts, made short: what waits for the simulator here is a socket and not a clock.
const short = { headersMs: 300, idleMs: 300, totalMs: 1_500 }

async function read(
  options: {
    client?: Partial<GraphClientOptions>
    wholePayload?: boolean
    contract?: typeof policies
    known?: readonly string[]
  } = {},
) {
  const client = sim.client(options.client)
  const rows: PolicyRow[] = []
  const wanted = {
    assignments: true,
    wholePayload: options.wholePayload ?? false,
    signal: noAbort,
    known: options.known ?? [],
  }
  const result = await client.reader.readPolicies(options.contract ?? policies, wanted, async (page) => {
    rows.push(...page)
  })
  return { ...result, rows, stats: client.stats() }
}

const wholeTruth = async () =>
  new Map((await sim.truth(policies.collection)).map(({ id, assignments }) => [id, assignments.length]))
const asRead = (rows: readonly PolicyRow[]) =>
  new Map(rows.map(({ id, assignments }) => [id, assignments.state === 'read' ? assignments.value.length : 'unread']))

describe('row 12: throttling', () => {
  test.each([
    ['a fraction', 2.128, 2_128],
    ['seconds', 7, 7_000],
  ])('Retry-After as %s is obeyed: no request before the time is up', async (_, retryAfter, ms) => {
    await sim.faults({ match: list, effect: { kind: 'status', status: 429, retryAfter } })
    const before = sim.clock.now()
    const { completeness, stats } = await read()
    expect(completeness.state).toBe('complete')
    expect(sim.clock.now() - before).toBeGreaterThanOrEqual(ms)
    // The simulator answers 429 to whoever comes too early, so one 429 means that nobody did.
    expect((await sim.requests()).map(({ status }) => status)).toEqual([429, 200])
    expect(stats).toMatchObject({ throttled: 1, retries: 1, throttleWaitMs: expect.any(Number) })
  })

  test('Retry-After as a date is obeyed', async () => {
    await sim.faults({ match: list, effect: { kind: 'status', status: 429, retryAfter: { date: 5 } } })
    const before = sim.clock.now()
    expect((await read()).completeness.state).toBe('complete')
    expect(sim.clock.now() - before).toBeGreaterThanOrEqual(4_000)
    expect((await sim.requests()).map(({ status }) => status)).toEqual([429, 200])
  })

  test('without Retry-After the wait grows, and four attempts are all', async () => {
    await sim.faults({ match: list, count: null, effect: { kind: 'status', status: 429, blocks: false } })
    const before = sim.clock.now()
    const { completeness, rows } = await read()
    expect(completeness).toMatchObject({ state: 'failed', problem: { code: 'graph_throttled', reason: 'throttled' } })
    expect(rows).toEqual([])
    // Half of 1 s, 2 s and 4 s.
    expect(sim.clock.now() - before).toBeGreaterThanOrEqual(3_500)
    expect(await sim.requests()).toHaveLength(4)
  })

  test('a pause of an hour is given back with its end, and nothing more is sent', async () => {
    await sim.faults({ match: list, count: null, effect: { kind: 'status', status: 429, retryAfter: 3600 } })
    const client = sim.client()
    const options = { assignments: true, wholePayload: false, signal: noAbort }
    const before = sim.clock.now()
    for (const contract of [policies, contractOf('mobileApps'), policies]) {
      const { completeness } = await client.reader.readPolicies(contract, options, async () => undefined)
      expect(completeness).toMatchObject({ state: 'failed', problem: { code: 'graph_throttled', reason: 'throttled' } })
      const retryAfterMs = completeness.state === 'failed' ? (completeness.problem.retryAfterMs ?? 0) : 0
      expect(retryAfterMs).toBeGreaterThan(3_600_000 - longestWaitMs)
    }
    expect(sim.clock.now() - before).toBeLessThan(longestWaitMs)
    expect(await sim.requests()).toHaveLength(1)
  })

  test('the pacing at the default share is never throttled by the documented limits', async () => {
    await sim.control.changeSettings({ throttling: true })
    const { createLocalPacer, defaultPacing } = await import('#graph/client/pacer.ts')
    const client = sim.client({ pacer: createLocalPacer(defaultPacing, { clock: sim.clock }) })
    const ids = (await sim.truth(policies.collection)).map(({ id }) => id)
    for (let round = 0; round < 12; round += 1) {
      const found = await client.reader.readAssignments(policies, ids, { signal: noAbort })
      expect([...found.values()].every(({ state }) => state === 'read')).toBe(true)
    }
    expect((await sim.parts()).length).toBeGreaterThan(1_000)
    expect((await sim.parts()).filter(({ status }) => status === 429)).toEqual([])
    expect(client.stats()).toMatchObject({ throttled: 0 })
    expect(client.stats().pacingWaitMs).toBeGreaterThan(0)
  })
})

describe('row 13: server errors', () => {
  test.each([500, 502, 503, 504])('a %i on a read is sent again', async (status) => {
    await sim.faults({ match: list, count: 2, effect: { kind: 'status', status } })
    const { completeness, rows } = await read()
    expect(completeness).toEqual({ state: 'complete' })
    expect(asRead(rows)).toEqual(await wholeTruth())
    expect((await sim.requests()).map((entry) => entry.status)).toEqual([status, status, 200])
  })

  test('a service that stays down costs eight requests, with and without expansion, and is no empty tenant', async () => {
    await sim.faults({ match: list, count: null, effect: { kind: 'status', status: 503 } })
    const { completeness, rows } = await read()
    expect(completeness).toMatchObject({
      state: 'failed',
      problem: { code: 'graph_unavailable', reason: 'dependency_unreachable', status: 503 },
    })
    expect(rows).toEqual([])
    expect(await sim.requests()).toHaveLength(8)
  })

  test('the retries of a tenant are a tenth of its traffic', async () => {
    await sim.faults({ match: {}, count: null, effect: { kind: 'status', status: 503 } })
    const client = sim.client()
    const options = { assignments: true, wholePayload: false, signal: noAbort }
    for (let round = 0; round < 60; round += 1) await client.reader.readFilters(options)
    // 60 first attempts, the 40 a short run may spend, and a tenth of the traffic.
    expect((await sim.requests()).length).toBeLessThanOrEqual(60 + 40 + 6)
  })
})

describe('row 14: broken connections', () => {
  test('a connection that is reset is sent again', async () => {
    await sim.faults({ match: list, count: 2, effect: { kind: 'reset', when: 'beforeApply' } })
    const { completeness, rows } = await read()
    expect(completeness).toEqual({ state: 'complete' })
    expect(asRead(rows)).toEqual(await wholeTruth())
    expect((await sim.requests()).map(({ status }) => status)).toEqual([null, null, 200])
  })

  test('a host nobody listens on is unreachable, in one sentence', async () => {
    const client = sim.client({ endpoints: { authorityUrl: sim.url, graphUrl: 'http://127.0.0.1:1025' } })
    const found = await client.reader.readOrganization({ signal: noAbort })
    expect(found).toMatchObject({
      state: 'unread',
      problem: { code: 'graph_unavailable', reason: 'dependency_unreachable' },
    })
  })
})

describe('row 15: bodies', () => {
  test.each<[string, FaultInput['effect']]>([
    ['dripped a byte a second', { kind: 'slowBody', bytesPerSecond: 1 }],
    ['dripped just fast enough never to be idle', { kind: 'slowBody', bytesPerSecond: 20 }],
    ['endless but slow', { kind: 'endlessBody', bytesPerSecond: 20 }],
  ])('a body that comes %s is given up in time and asked for again', async (_, effect) => {
    await sim.faults({ match: list, effect })
    const { completeness, rows } = await read({ client: { timeouts: short } })
    expect(completeness).toEqual({ state: 'complete' })
    expect(asRead(rows)).toEqual(await wholeTruth())
    expect(await sim.requests()).toHaveLength(2)
  })

  test('a flood is cut at the largest body and never held whole', async () => {
    await sim.faults({ match: list, count: null, effect: { kind: 'endlessBody' } })
    const before = process.memoryUsage().rss
    const { completeness } = await read({ client: { timeouts: { maxBodyBytes: 4 * 1024 * 1024 } } })
    expect(completeness).toMatchObject({ state: 'failed', problem: { code: 'graph_bad_response' } })
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })
})

describe('row 20: batches', () => {
  const ids = async () => (await sim.truth(policies.collection)).slice(0, 20).map(({ id }) => id)
  const readAssignments = async () => sim.client().reader.readAssignments(policies, await ids(), { signal: noAbort })
  const batch = { path: '/beta/$batch' }
  const someParts = { in: 'inner', path: `/beta${policies.collection}/*/assignments` } as const

  test('a batch with a part missing, another doubled and all shuffled is matched by id; the unclear are asked alone', async () => {
    await sim.faults({ match: batch, effect: { kind: 'partialBatch', missing: 1, doubled: 1, shuffled: true } })
    const found = await readAssignments()
    const truth = await wholeTruth()
    for (const [id, outcome] of found) expect(outcome.state === 'read' && outcome.value.length).toBe(truth.get(id))
    expect((await sim.requests()).map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
  })

  test('parts told to slow down inside a 200 wait, and only they are asked again', async () => {
    await sim.faults({
      match: someParts,
      count: 3,
      effect: { kind: 'status', status: 429, retryAfter: 2.5, blocks: false },
    })
    const before = sim.clock.now()
    const found = await readAssignments()
    expect([...found.values()].filter(({ state }) => state === 'unread')).toEqual([])
    expect(sim.clock.now() - before).toBeGreaterThanOrEqual(2_500)
    expect((await sim.requests()).map(({ batchSize }) => batchSize)).toEqual([20, 3])
  })

  test('404, 403 and 503 parts each have their own outcome', async () => {
    await sim.faults(
      { match: someParts, effect: { kind: 'status', status: 404 } },
      { match: someParts, after: 5, effect: { kind: 'status', status: 403 } },
      { match: someParts, after: 10, effect: { kind: 'status', status: 503 } },
      { match: someParts, after: 12, effect: { kind: 'status', status: 401 } },
    )
    const found = await readAssignments()
    const codes = [...found.values()].flatMap((outcome) => (outcome.state === 'unread' ? [outcome.problem.code] : []))
    expect(codes.toSorted()).toEqual(['graph_forbidden', 'graph_not_found'])
    expect([...found.values()].filter(({ state }) => state === 'read')).toHaveLength(18)
  })

  test('a batch that is answered with nonsense is asked for part by part', async () => {
    await sim.faults({ match: batch, effect: { kind: 'malformedJson' } })
    const found = await readAssignments()
    expect([...found.values()].filter(({ state }) => state === 'unread')).toEqual([])
    expect(await sim.requests()).toHaveLength(21)
  })

  test('parts whose own answer has more pages are read to the end', async () => {
    await sim.control.changeSettings({ pageSize: 1 })
    const found = await readAssignments()
    const truth = await wholeTruth()
    for (const [id, outcome] of found) expect(outcome.state === 'read' && outcome.value.length).toBe(truth.get(id))
    expect((await sim.requests()).length).toBeGreaterThan(1)
  })

  test('a batch that never works leaves its parts unknown, not empty', async () => {
    await sim.faults({ match: batch, count: null, effect: { kind: 'status', status: 503 } })
    const found = await readAssignments()
    expect(
      [...found.values()].every(
        (outcome) => outcome.state === 'unread' && outcome.problem.code === 'graph_unavailable',
      ),
    ).toBe(true)
    expect(await sim.requests()).toHaveLength(3)
  })
})

describe('row 21: answers that lie', () => {
  test.each<[string, FaultInput['effect']]>([
    ['malformed JSON', { kind: 'malformedJson' }],
    ['an HTML page in a 200', { kind: 'html' }],
    ['wrong types', { kind: 'wrongTypes' }],
    ['null instead of the list', { kind: 'nullArrays' }],
  ])('%s is refused whole, with and without expansion', async (_, effect) => {
    const plain = contractOf('termsAndConditions')
    await sim.faults({ match: { path: `/beta${plain.collection}` }, count: null, effect })
    const { completeness, rows } = await read({ contract: plain })
    expect(completeness).toMatchObject({
      state: 'failed',
      problem: { code: 'graph_bad_response', reason: 'incomplete_read' },
    })
    expect(rows).toEqual([])
    expect(await sim.requests()).toHaveLength(1)
  })

  test('assignments that are null in the list are read policy by policy, not taken for none', async () => {
    await sim.faults({ match: list, effect: { kind: 'nullArrays' } })
    const { rows } = await read()
    expect(asRead(rows)).toEqual(await wholeTruth())
  })

  test('expanded assignments that are cut short are read whole', async () => {
    await sim.faults({ match: list, effect: { kind: 'truncatedExpand', keep: 1 } })
    const { completeness, rows } = await read()
    expect(completeness).toEqual({ state: 'complete' })
    expect(asRead(rows)).toEqual(await wholeTruth())
    const cut = [...(await wholeTruth()).values()].filter((count) => count > 1).length
    expect(await sim.parts()).toHaveLength(cut)
  })

  test('an expansion the service refuses is done without, in batches of 20', async () => {
    await sim.faults({ match: { ...list, query: '$expand' }, count: null, effect: { kind: 'status', status: 400 } })
    const { completeness, rows } = await read()
    expect(completeness).toEqual({ state: 'complete' })
    expect(asRead(rows)).toEqual(await wholeTruth())
    expect(await sim.requests()).toHaveLength(2 + Math.ceil(rows.length / 20))
  })

  test('payload and assignments are whole without any expansion on the list', async () => {
    await sim.faults({ match: { ...list, query: '$expand' }, count: null, effect: { kind: 'status', status: 400 } })
    const { rows } = await read({ wholePayload: true })
    const truth = await sim.truth(policies.collection)
    for (const { id, payload } of rows) {
      const settings = truth.find((object) => object.id === id)?.sub['settings'] ?? []
      expect(payload.state === 'read' && payload.value['settings']).toHaveLength(settings.length)
    }
  })

  test('a next link that leads to the same page again is cut', async () => {
    await sim.control.changeSettings({ pageSize: 50 })
    await sim.faults({ match: list, count: null, effect: { kind: 'repeatNextLink' } })
    const { completeness } = await read()
    expect(completeness).toMatchObject({
      state: 'partial',
      problems: [{ code: 'graph_bad_response' }, { code: 'graph_bad_response' }],
    })
    expect((await sim.requests()).length).toBeLessThanOrEqual(3)
  })

  test('a next link to another host is not followed and gets no token', async () => {
    await sim.control.changeSettings({ pageSize: 50 })
    await sim.faults({
      match: list,
      effect: { kind: 'foreignNextLink', host: new URL(sim.url).host.replace('127.0.0.1', 'localhost') },
    })
    const { completeness, count } = await read()
    expect(completeness).toMatchObject({ state: 'partial', problems: [{ code: 'graph_refused' }] })
    expect(count).toBe(50)
    expect(await sim.requests()).toHaveLength(1)
  })

  test('an empty page with a next link is followed', async () => {
    await sim.control.changeSettings({ pageSize: 50 })
    await sim.faults({ match: list, effect: { kind: 'emptyPage' } })
    const { completeness, rows } = await read()
    expect(completeness).toEqual({ state: 'complete' })
    expect(asRead(rows)).toEqual(await wholeTruth())
  })

  test('empty pages without end are cut at a thousand', async () => {
    await sim.faults({
      match: { path: '/beta/deviceManagement/assignmentFilters' },
      count: null,
      effect: { kind: 'emptyPage' },
    })
    const filters = await sim.client().reader.readFilters({ signal: noAbort })
    expect(filters).toMatchObject({ state: 'partial', items: [], problems: [expect.anything()] })
    expect((await sim.requests()).length).toBeLessThanOrEqual(1_000)
  })

  test('a page that is lost in the middle leaves the list partial', async () => {
    await sim.control.changeSettings({ pageSize: 50 })
    await sim.faults({ match: { ...list, query: '$skiptoken' }, count: null, effect: { kind: 'status', status: 503 } })
    const { completeness, count } = await read()
    expect(completeness).toMatchObject({ state: 'partial', problems: [{ code: 'graph_unavailable' }] })
    expect(count).toBe(50)
  })

  test('a page that is lost without a trace is found by what was known before', async () => {
    await sim.control.changeSettings({ pageSize: 50 })
    await sim.faults({ match: list, effect: { kind: 'dropNextLink' } })
    const truth = await wholeTruth()
    const gone = '00000000-0000-4000-8000-000000000000'
    const { completeness, rows, count } = await read({ known: [...truth.keys(), gone] })
    expect(completeness).toMatchObject({ state: 'partial', problems: [{ code: 'graph_bad_response' }] })
    expect(asRead(rows)).toEqual(truth)
    expect(count).toBe(truth.size)
  })

  test('what is not there by its id either is gone, and the list complete', async () => {
    const gone = '00000000-0000-4000-8000-000000000000'
    const { completeness, count } = await read({ known: [...(await wholeTruth()).keys(), gone] })
    expect(completeness).toEqual({ state: 'complete' })
    expect(count).toBe((await wholeTruth()).size)
    expect(await sim.requests()).toHaveLength(2)
  })

  test('a policy that left the list and cannot be read by its id is not called gone', async () => {
    const gone = '00000000-0000-4000-8000-000000000000'
    await sim.faults({ match: { path: `${list.path}/${gone}` }, count: null, effect: { kind: 'status', status: 503 } })
    const { completeness } = await read({ known: [gone] })
    expect(completeness).toMatchObject({ state: 'partial', problems: [{ code: 'graph_unavailable' }] })
  })

  test('an object on two pages leaves the list partial and is handed on once', async () => {
    await sim.control.changeSettings({ pageSize: 50 })
    await sim.faults({ match: list, after: 1, effect: { kind: 'repeatNextLink' } })
    const { completeness, rows } = await read()
    expect(completeness.state).toBe('partial')
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  })
})

describe('row 23: what may not be read', () => {
  test('a type the app may not read fails by itself and names the permission', async () => {
    const app = await sim.control.registerApp(sim.tenant.id, {
      name: 'apps only',
      permissions: ['DeviceManagementApps.Read.All'],
      secret: 'apps-only-secret',
    })
    const credentials = { reader: { kind: 'secret', clientId: app.clientId, secret: 'apps-only-secret' } } as const
    expect((await read({ client: { credentials }, contract: contractOf('mobileApps') })).completeness.state).toBe(
      'complete',
    )
    const { completeness } = await read({ client: { credentials } })
    expect(completeness).toMatchObject({
      state: 'failed',
      problem: {
        code: 'graph_forbidden',
        reason: 'permission_denied',
        message: expect.stringContaining('DeviceManagementConfiguration.Read.All'),
      },
    })
    expect(completeness.state === 'failed' && completeness.problem.requestId).toEqual(expect.any(String))
  })

  test('a policy that vanished between list and item is not found, and the others are there', async () => {
    const scripts = contractOf('deviceManagementScripts')
    await sim.faults({
      match: { in: 'inner', path: `/beta${scripts.collection}/*` },
      effect: { kind: 'status', status: 404 },
    })
    const { completeness, rows } = await read({ contract: scripts, wholePayload: true })
    expect(completeness).toEqual({ state: 'complete' })
    const unread = rows.flatMap(({ payload }) => (payload.state === 'unread' ? [payload.problem.code] : []))
    expect(unread).toEqual(['graph_not_found'])
  })

  test('a tenant without a licence is not applicable, not empty', async () => {
    await sim.faults({
      match: list,
      effect: { kind: 'status', status: 400, message: 'Request not applicable to target tenant.' },
    })
    expect((await read()).completeness).toMatchObject({
      state: 'failed',
      problem: { code: 'graph_not_applicable', reason: 'not_applicable' },
    })
    expect(await sim.requests()).toHaveLength(1)
  })
})
