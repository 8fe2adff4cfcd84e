import { describe, expect, test } from 'vitest'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contractOf, contracts } from '#graph/contracts/registry.ts'
import type { GraphClient, PolicyRow } from '#graph/client/graph-client.ts'
import { noAbort } from '#graph/client/testing.ts'
import { secretOf, useSimulator } from '#graph/client/simulator-testing.ts'
import type { WholeObjectView } from '../../../simulator/control.ts'

const sim = useSimulator({ policies: 1300, seed: 7 })
const policies = contractOf('configurationPolicies')

async function readAll(client: GraphClient, contract: PolicyContract, options: { wholePayload: boolean }) {
  const rows: PolicyRow[] = []
  const pages: number[] = []
  const result = await client.reader.readPolicies(
    contract,
    { assignments: true, ...options, signal: noAbort },
    async (page) => {
      pages.push(page.length)
      rows.push(...page)
    },
  )
  return { ...result, rows, pages }
}

describe('readPolicies()', () => {
  test('reads the assignments of 500 settings catalog policies in at most 3 requests', async () => {
    const { completeness, count, rows } = await readAll(sim.client(), policies, { wholePayload: false })
    const truth = await sim.truth(policies.collection)
    expect({ completeness, count }).toEqual({ completeness: { state: 'complete' }, count: truth.length })
    expect(truth.length).toBeGreaterThanOrEqual(500)
    expect(rows.every((row) => row.assignments.state === 'read')).toBe(true)
    expect((await sim.requests()).length).toBeLessThanOrEqual(3)
  })

  test('with the names of their groups it is less than ten requests', async () => {
    const client = sim.client()
    const { rows } = await readAll(client, policies, { wholePayload: false })
    const groups = await client.reader.readGroups(groupIdsOf(rows), { signal: noAbort })
    expect([...groups.values()].filter((group) => group.state === 'unread')).toEqual([])
    expect((await sim.requests()).length).toBeLessThanOrEqual(5)
    expect(client.stats().requests).toBe((await sim.requests()).length)
  })

  test.each(contracts.map((contract) => [contract.key, contract] as const))(
    'reads all %s, with assignments and payload',
    async (_, contract) => {
      const { completeness, rows } = await readAll(sim.client(), contract, { wholePayload: true })
      const truth = await sim.truth(contract.collection)
      expect(completeness).toEqual({ state: 'complete' })
      expect(rows.map((row) => row.id).toSorted()).toEqual(truth.map((object) => object.id).toSorted())
      expect(rows.map((row) => summaryOf(contract, row))).toEqual(
        rows.map(({ id }) => expectedOf(contract, truth.find((object) => object.id === id) ?? nothing)),
      )
    },
  )

  test('hands on the rows of a long list in pieces and waits for each', async () => {
    await sim.control.changeSettings({ pageSize: 70 })
    const truth = await sim.truth(policies.collection)
    const { pages } = await readAll(sim.client(), policies, { wholePayload: true })
    expect(Math.max(...pages)).toBeLessThanOrEqual(100)
    expect(pages.reduce((sum, size) => sum + size, 0)).toBe(truth.length)
  })

  test('the script content a list never carries is in the payload', async () => {
    const { rows } = await readAll(sim.client(), contractOf('deviceManagementScripts'), { wholePayload: true })
    for (const { payload } of rows) {
      expect(payload.state === 'read' && payload.value['scriptContent']).toEqual(
        expect.stringMatching(/^[A-Za-z0-9+/=]+$/),
      )
    }
  })

  test('stops between pages when its signal aborts, with the reason', async () => {
    await sim.control.changeSettings({ pageSize: 10 })
    const abort = new AbortController()
    const reading = sim
      .client()
      .reader.readPolicies(policies, { assignments: true, wholePayload: false, signal: abort.signal }, async () => {
        abort.abort('cancelled')
      })
    await expect(reading).rejects.toBe('cancelled')
    expect(await sim.requests()).toHaveLength(1)
  })

  test('an error of the receiver stops the reading and is its own', async () => {
    const full = new Error('disk full')
    const reading = sim
      .client()
      .reader.readPolicies(policies, { assignments: true, wholePayload: false, signal: noAbort }, () =>
        Promise.reject(full),
      )
    await expect(reading).rejects.toBe(full)
  })
})

describe('readPoliciesById()', () => {
  test('reads each policy with payload and assignments, 20 a request, and says which vanished', async () => {
    const ids = (await sim.truth(policies.collection)).slice(0, 39).map(({ id }) => id)
    const gone = '00000000-0000-4000-8000-000000000000'
    const read = await sim.client().reader.readPoliciesById(policies, [...ids, gone, ...ids], {
      assignments: true,
      wholePayload: true,
      signal: noAbort,
    })
    expect([...read.keys()]).toEqual([...ids, gone])
    expect(read.get(gone)).toMatchObject({ state: 'unread', problem: { code: 'graph_not_found' } })
    expect(ids.map((id) => read.get(id)?.state)).toEqual(ids.map(() => 'read'))
    expect(await sim.requests()).toHaveLength(2)
  })
})

describe('readAssignments()', () => {
  test.each(['configurationPolicies', 'deviceShellScripts', 'termsAndConditions', 'cloudPcUserSettings'] as const)(
    'reads those of some %s, 20 a request',
    async (type) => {
      const contract = contractOf(type)
      const objects = (await sim.truth(contract.collection)).slice(0, 25)
      const read = await sim.client().reader.readAssignments(
        contract,
        objects.map(({ id }) => id),
        { signal: noAbort },
      )
      for (const { id, assignments } of objects) {
        const found = read.get(id)
        expect(found?.state === 'read' && found.value.length).toBe(assignments.length)
      }
      expect(await sim.requests()).toHaveLength(Math.ceil(objects.length / 20))
    },
  )

  test('of one policy is one plain request', async () => {
    const [object] = await sim.truth(policies.collection)
    await sim.client().reader.readAssignments(policies, [object?.id ?? ''], { signal: noAbort })
    expect((await sim.requests()).map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /beta/deviceManagement/configurationPolicies/${object?.id}/assignments`,
    ])
  })
})

describe('readGroups()', () => {
  const asked = async () => {
    const groups = await sim.control.groups(sim.tenant.id)
    return { groups, ids: groups.map(({ id }) => id) }
  }

  test('resolves a thousand ids in one request, each once, and finds out which were deleted', async () => {
    const { groups, ids } = await asked()
    const deleted = '00000000-0000-4000-8000-00000000000a'
    const read = await sim.client().reader.readGroups([...ids, ...ids, deleted], { signal: noAbort })
    for (const { id, displayName, membershipRule } of groups) {
      expect(read.get(id)).toEqual({
        state: 'found',
        id,
        name: displayName,
        kind: membershipRule === null ? 'assigned' : 'dynamic',
        membershipRule,
      })
    }
    expect(read.get(deleted)).toEqual({ state: 'missing', id: deleted })
    expect(await sim.requests()).toHaveLength(1)
  })

  test('asks group by group when Directory.Read.All is missing, and remembers that', async () => {
    const { groups, ids } = await asked()
    const app = await sim.control.registerApp(sim.tenant.id, {
      name: 'narrow',
      permissions: ['GroupMember.Read.All'],
      secret: 'narrow-secret',
    })
    const reader = { kind: 'secret', clientId: app.clientId, secret: 'narrow-secret' } as const
    const client = sim.client({ credentials: { reader } })
    const some = ids.slice(0, 40)
    for (const round of [1, 2]) {
      const read = await client.reader.readGroups([...some, '00000000-0000-4000-8000-00000000000a'], {
        signal: noAbort,
      })
      expect([round, read.get(some[0] ?? '')]).toMatchObject([round, { state: 'found', name: groups[0]?.displayName }])
      expect(read.get('00000000-0000-4000-8000-00000000000a')?.state).toBe('missing')
    }
    const bulk = (await sim.requests()).filter(({ path }) => path?.endsWith('/getByIds'))
    expect(bulk.length).toBeLessThanOrEqual(2)
  })

  test('never asks the directory for a virtual group or for what is no id', async () => {
    const read = await sim
      .client()
      .reader.readGroups(['adadadad-808e-44e2-905a-0b7873a8a531', '../users'], { signal: noAbort })
    expect([...read.values()].map(({ state }) => state)).toEqual(['unread', 'unread'])
    expect(await sim.requests()).toEqual([])
  })
})

describe('foundations', () => {
  test('filters, scope tags and notification templates are read whole', async () => {
    const { reader } = sim.client()
    const options = { signal: noAbort }
    const [filters, tags, templates] = [
      await reader.readFilters(options),
      await reader.readScopeTags(options),
      await reader.readNotificationTemplates(options),
    ]
    expect(idsOf(filters)).toEqual(
      (await sim.truth('/deviceManagement/assignmentFilters')).map(({ id }) => id).toSorted(),
    )
    expect(idsOf(tags)).toEqual((await sim.truth('/deviceManagement/roleScopeTags')).map(({ id }) => id).toSorted())
    expect(templates.state === 'complete' && templates.items[0]?.row).toHaveProperty('localizedNotificationMessages')
    expect(filters.state === 'complete' && filters.items[0]).toMatchObject({
      rule: expect.any(String),
      platform: expect.any(String),
    })
  })

  test('readOrganization() proves the tenant', async () => {
    const read = await sim.client().reader.readOrganization({ signal: noAbort })
    expect(read).toEqual({ state: 'read', value: { id: sim.tenant.id, name: 'Contoso' } })
  })

  test('grantedPermissions() of reader and writer are those of their own tokens', async () => {
    const client = sim.client()
    const [reader, writer] = [
      await client.reader.grantedPermissions({ signal: noAbort }),
      await client.writer.grantedPermissions({ signal: noAbort }),
    ]
    expect(reader.state === 'read' && reader.value).toContain('DeviceManagementConfiguration.Read.All')
    expect(writer.state === 'read' && writer.value).toContain('DeviceManagementConfiguration.ReadWrite.All')
    expect(await sim.requests()).toEqual([])
  })

  test('grantedPermissions() without a writer says what is missing', async () => {
    const client = sim.client({ credentials: { reader: secretOf(sim.tenant, 'reader') } })
    expect(await client.writer.grantedPermissions({ signal: noAbort })).toMatchObject({
      state: 'unread',
      problem: { reason: 'missing_configuration' },
    })
  })
})

function groupIdsOf(rows: readonly PolicyRow[]): string[] {
  const assignments = rows.flatMap((row) => (row.assignments.state === 'read' ? row.assignments.value : []))
  return assignments.flatMap(({ target }) => {
    const { groupId } = target as { groupId?: string }
    return groupId === undefined ? [] : [groupId]
  })
}

const nothing = { id: '', properties: {}, assignments: [], sub: {} }

interface Summary {
  readonly name: unknown
  readonly assignments: number | string
  readonly payloadId: unknown
  readonly parts: Readonly<Record<string, number>>
}

/** What the client read of a policy, in figures. */
function summaryOf(contract: PolicyContract, { name, assignments, payload }: PolicyRow): Summary {
  const content = payload.state === 'read' ? payload.value : {}
  const parts = partsOf(contract).map((part) => [part, content[part]] as const)
  return {
    name,
    assignments: assignments.state === 'read' ? assignments.value.length : assignments.problem.code,
    payloadId: content['id'],
    parts: Object.fromEntries(parts.map(([part, value]) => [part, Array.isArray(value) ? value.length : -1])),
  }
}

/** The same of the truth. Defaults of the service read as assigned to all devices, which nobody ever did. */
function expectedOf(contract: PolicyContract, { id, properties, assignments, sub }: Expected): Summary {
  const isDefault = contract.quirks.includes('priorityZeroIsDefault') && properties['priority'] === 0
  const count = isDefault ? 1 : assignments.length
  return {
    name: properties[contract.nameProperty] ?? id,
    assignments: contract.assignmentsRead === 'none' ? 'graph_not_applicable' : count,
    payloadId: id,
    parts: Object.fromEntries(partsOf(contract).map((part) => [part, sub[part]?.length ?? 0])),
  }
}

type Expected = Pick<WholeObjectView, 'id' | 'properties' | 'assignments' | 'sub'>

function partsOf({ payload }: PolicyContract): string[] {
  if (payload.kind === 'list') return []
  if (payload.kind === 'subCollection') return [payload.path]
  return payload.expand.map((expression) => expression.replace(/\(.*$/, ''))
}

function idsOf(listing: { state: string; items?: readonly { id: string }[] }): string[] {
  return (listing.items ?? []).map(({ id }) => id).toSorted()
}
