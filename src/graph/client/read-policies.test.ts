import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import type { PolicyRow } from '#graph/client/graph-client.ts'
import { clientOf, noAbort, sendJson, startCloud } from '#graph/client/testing.ts'
import type { Cloud } from '#graph/client/testing.ts'

const policies = contractOf('configurationPolicies')
const assignment = { id: 'a1_g', target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }

/** A cloud with one page of policies; every policy has one assignment when it is asked for by itself. */
async function cloudWith(...rows: readonly unknown[]): Promise<Cloud> {
  return startCloud((request, response) => {
    const isList = /\/configurationPolicies\?/.test(request.path)
    sendJson(response, 200, { '@odata.context': 'x', value: isList ? rows : [assignment] })
  })
}

async function readFrom(cloud: Cloud) {
  const rows: PolicyRow[] = []
  const options = { assignments: true, wholePayload: false, signal: noAbort }
  const result = await clientOf(cloud).reader.readPolicies(policies, options, async (page) => {
    rows.push(...page)
  })
  return { ...result, rows }
}

describe('readPolicies() of a list that is not what it seems', () => {
  test.each([
    ['leaves the expansion out', {}],
    ['shows null', { assignments: null }],
    ['shows a text', { assignments: 'none' }],
    ['shows something else than objects', { assignments: [17] }],
    [
      'cut the expansion short',
      { assignments: [], 'assignments@odata.nextLink': 'https://graph.microsoft.com/beta/x' },
    ],
    ['shows none on a policy that says it is assigned', { assignments: [], isAssigned: true }],
  ])('reads the assignments of a row by itself when the list %s', async (_, row) => {
    await using cloud = await cloudWith({ id: 'a1', name: 'A', ...row })
    const { rows } = await readFrom(cloud)
    expect(rows[0]?.assignments).toEqual({ state: 'read', value: [assignment] })
    expect(cloud.requests).toHaveLength(2)
  })

  test('takes none for none when nothing speaks against it', async () => {
    await using cloud = await cloudWith({ id: 'a1', name: 'A', assignments: [], isAssigned: false })
    const { rows } = await readFrom(cloud)
    expect(rows[0]?.assignments).toEqual({ state: 'read', value: [] })
    expect(cloud.requests).toHaveLength(1)
  })

  test.each([
    ['no id', { name: 'A' }],
    ['an empty id', { id: '', name: 'A' }],
    ['a number for an id', { id: 17, name: 'A' }],
    ['a number for a name', { id: 'a1', name: 17 }],
    ['nothing but a text', 'a1'],
    ['null', null],
  ])('refuses a page with a row that has %s', async (_, row) => {
    await using cloud = await cloudWith({ id: 'a0', name: 'A', assignments: [] }, row)
    const { completeness, rows } = await readFrom(cloud)
    expect(completeness).toMatchObject({ state: 'failed', problem: { code: 'graph_bad_response' } })
    expect(rows).toEqual([])
  })

  test('calls a policy without a name by its id', async () => {
    await using cloud = await cloudWith({ id: 'a1', assignments: [] }, { id: 'a2', name: ' ', assignments: [] })
    expect((await readFrom(cloud)).rows.map(({ name }) => name)).toEqual(['a1', 'a2'])
  })

  test('keeps what Graph said of an object and drops what the protocol says around it', async () => {
    await using cloud = await cloudWith({
      '@odata.type': '#microsoft.graph.deviceManagementConfigurationPolicy',
      '@odata.id': 'kept',
      id: 'a1',
      name: 'A',
      'description@odata.type': '#String',
      unheardOf: { nested: [null] },
      assignments: [],
      'assignments@odata.context': 'https://graph.microsoft.com/beta/$metadata#x',
      'settings@odata.navigationLink': 'https://graph.microsoft.com/beta/x',
      'settings@odata.count': 3,
    })
    expect((await readFrom(cloud)).rows[0]?.row).toEqual({
      '@odata.type': '#microsoft.graph.deviceManagementConfigurationPolicy',
      '@odata.id': 'kept',
      id: 'a1',
      name: 'A',
      'description@odata.type': '#String',
      unheardOf: { nested: [null] },
    })
  })

  test('an item that is another one than asked for is unread', async () => {
    await using cloud = await startCloud((_, response) =>
      sendJson(response, 200, { id: 'other', name: 'B', assignments: [] }),
    )
    const options = { assignments: true, wholePayload: true, signal: noAbort }
    const read = await clientOf(cloud).reader.readPoliciesById(policies, ['a1'], options)
    expect(read.get('a1')).toMatchObject({ state: 'unread', problem: { code: 'graph_bad_response' } })
  })
})

describe('readGroups() of a directory that shows less than it should', () => {
  const ids = [
    '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-000000000002',
    '00000000-0000-4000-8000-000000000003',
  ]

  test('a group without its name is asked for by itself, one that is absent is missing', async () => {
    await using cloud = await startCloud((request, response) => {
      const isBulk = request.path.endsWith('/getByIds')
      const [named, hidden] = ids.map((id) => ({
        id,
        displayName: 'Pilot',
        groupTypes: ['DynamicMembership'],
        membershipRule: 'r',
      }))
      sendJson(
        response,
        200,
        isBulk
          ? { value: [named, { '@odata.type': '#microsoft.graph.group', id: hidden?.id, displayName: null }] }
          : { ...hidden, displayName: 'Hidden' },
      )
    })
    const groups = await clientOf(cloud).reader.readGroups(ids, { signal: noAbort })
    expect([...groups.values()]).toEqual([
      { state: 'found', id: ids[0], name: 'Pilot', kind: 'dynamic', membershipRule: 'r' },
      { state: 'found', id: ids[1], name: 'Hidden', kind: 'dynamic', membershipRule: 'r' },
      { state: 'missing', id: ids[2] },
    ])
    expect(cloud.requests).toHaveLength(2)
  })

  test.each([
    ['is not a list', { value: null }],
    ['has more pages', { value: [], '@odata.nextLink': 'https://graph.microsoft.com/beta/x' }],
    ['has rows without an id', { value: [{ displayName: 'x' }] }],
  ])('an answer that %s makes every group unread, none missing', async (_, body) => {
    await using cloud = await startCloud((__, response) => sendJson(response, 200, body))
    const groups = await clientOf(cloud).reader.readGroups(ids, { signal: noAbort })
    expect([...groups.values()].map(({ state }) => state)).toEqual(['unread', 'unread', 'unread'])
  })

  test('an outage makes every group unread, none missing', async () => {
    await using cloud = await startCloud((_, response) => sendJson(response, 503, {}))
    const groups = await clientOf(cloud).reader.readGroups(ids, { signal: noAbort })
    expect([...groups.values()].map(({ state }) => state)).toEqual(['unread', 'unread', 'unread'])
    expect(cloud.requests).toHaveLength(4)
  })
})
