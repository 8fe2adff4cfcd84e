import { describe, expect, it } from 'vitest'
import { useSimulator } from '../testing.ts'
import type { GraphObject } from '../world.ts'

const simulator = useSimulator()

const organization = '/organization'
const read = (id: string, more: GraphObject = {}) => ({ id, method: 'GET', url: organization, ...more })

async function post(requests: readonly unknown[]) {
  const client = await simulator.client()
  return client.send('POST', '/beta/$batch', { requests })
}

describe('POST $batch', () => {
  it('answers each part by its id, in no particular order', async () => {
    const { status, body } = await post([read('a'), read('b', { url: 'organization?$select=id' }), read('c')])
    const responses = body['responses'] as GraphObject[]
    expect(status).toBe(200)
    expect(responses.map(({ id, status: one }) => `${String(id)} ${String(one)}`).toSorted()).toEqual([
      'a 200',
      'b 200',
      'c 200',
    ])
    expect(responses.map(({ id }) => id)).not.toEqual(['a', 'b', 'c'])
    expect(responses.find(({ id }) => id === 'b')?.['body']).toMatchObject({ value: [{ id: simulator.tenant.id }] })
  })

  it.each([
    ['21 parts', Array.from({ length: 21 }, (_, index) => read(String(index)))],
    ['an id twice, whatever its case', [read('a'), read('A')]],
    ['no part', []],
    ['a part without an id', [{ method: 'GET', url: organization }]],
    ['an absolute url', [read('a', { url: 'https://graph.microsoft.com/beta/organization' })]],
    ['a body without content type', [read('a', { method: 'POST', body: {} })]],
    ['a dependency on a later part', [read('a', { dependsOn: ['b'] }), read('b')]],
  ])('refuses a batch with %s', async (_what, requests) => {
    expect((await post(requests)).status).toBe(400)
  })

  it('fails what depends on a failed part with 424', async () => {
    const { body } = await post([
      read('a', { url: '/groups/00000000-0000-4000-8000-000000000000' }),
      read('b', { dependsOn: ['a'] }),
      read('c'),
    ])
    const statuses = Object.fromEntries(
      (body['responses'] as GraphObject[]).map(({ id, status }) => [String(id), status]),
    )
    expect(statuses).toEqual({ a: 404, b: 424, c: 200 })
  })

  it('keeps the other parts when one cannot be read', async () => {
    const { body } = await post([read('a', { url: '/organization?$top=x' }), read('b')])
    const statuses = Object.fromEntries(
      (body['responses'] as GraphObject[]).map(({ id, status }) => [String(id), status]),
    )
    expect(statuses).toEqual({ a: 400, b: 200 })
  })

  it('carries counts and is journaled part by part', async () => {
    const [group] = await simulator.control.groups('Contoso')
    const { last } = await simulator.control.journal()
    const headers = { ConsistencyLevel: 'eventual' }
    const { body } = await post([read('a', { url: `/groups/${group?.id}/transitiveMembers/$count`, headers })])
    expect(body['responses']).toMatchObject([{ id: 'a', status: 200, body: expect.any(Number) }])
    const { entries } = await simulator.control.journal({ after: last })
    const requests = entries.filter(({ kind }) => kind === 'request')
    expect(
      requests.map(({ path, batchId, batchSize }) => [path?.replace(group?.id ?? '', '{id}'), batchId, batchSize]),
    ).toEqual([
      ['/beta/groups/{id}/transitiveMembers/$count', requests[1]?.requestId, undefined],
      ['/beta/$batch', undefined, 1],
    ])
  })

  it('throttles parts by themselves, each with its own Retry-After', async () => {
    const limits = { perAppAndTenant: { any: 5, writes: 5 } }
    await simulator.control.changeSettings({ throttling: { ...defaults, ...limits } })
    const client = await simulator.client()
    const responses = await client.batchOfReads(Array.from({ length: 8 }, () => '/deviceManagement/intents'))
    await simulator.control.changeSettings({ throttling: true })
    const late = responses.filter(({ status }) => status === 429)
    expect(late).toHaveLength(3)
    for (const { headers } of late) expect((headers as GraphObject)['Retry-After']).toMatch(/^\d+$/)
  })
})

const defaults = {
  windowMs: 20_000,
  perTenant: { any: 2000, writes: 200 },
  directory: { resourceUnits: 8000, windowMs: 10_000 },
  retryAfter: 'seconds' as const,
}
