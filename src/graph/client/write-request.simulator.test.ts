import { describe, expect, test } from 'vitest'
import { contractOf } from '#graph/contracts/registry.ts'
import type { GraphObject, WriteResult } from '#graph/client/graph-client.ts'
import { createLocalPacer, defaultPacing } from '#graph/client/pacer.ts'
import { noAbort, permitOf } from '#graph/client/testing.ts'
import type { FaultInput } from '#graph/client/simulator-testing.ts'
import { secretOf, useSimulator } from '#graph/client/simulator-testing.ts'

const sim = useSimulator({ policies: 300, seed: 5 })
const policies = contractOf('configurationPolicies')
const autopilot = contractOf('windowsAutopilotDeploymentProfiles')

const someGroup = async () => (await sim.control.groups(sim.tenant.id))[0]?.id ?? ''
const rowsFor = async (...kinds: readonly string[]): Promise<GraphObject[]> => {
  const groupId = await someGroup()
  return kinds.map((kind) => ({
    target: { '@odata.type': `#microsoft.graph.${kind}AssignmentTarget`, ...(kind === 'group' && { groupId }) },
  }))
}
const somePolicy = async (contract = policies) =>
  (await sim.truth(contract.collection))[0] ?? { id: '', assignments: [] }
const assignedOf = async (id: string, contract = policies) =>
  (await sim.truth(contract.collection))
    .find((object) => object.id === id)
    ?.assignments.map(({ target }) => target['@odata.type'])
const writes = async () => (await sim.requests()).filter(({ method }) => method !== 'GET')

describe('replaceAssignments()', () => {
  test('replaceAssignments() replaces the whole set with one request, as the writer, under the permit', async () => {
    const { id } = await somePolicy()
    const permit = permitOf()
    const result = await sim.client().writer.replaceAssignments(policies, id, await rowsFor('allDevices'), permit)
    expect(result).toMatchObject({ state: 'accepted', requestId: expect.any(String) })
    expect(await assignedOf(id)).toEqual(['#microsoft.graph.allDevicesAssignmentTarget'])
    const writer = sim.tenant.apps.find(({ name }) => name === 'writer')
    expect(await writes()).toMatchObject([{ clientRequestId: permit.clientRequestId, app: writer?.clientId }])
  })

  test('reading never asks for the token of the writer', async () => {
    await sim.client().reader.readFilters({ signal: noAbort })
    const reader = sim.tenant.apps.find(({ name }) => name === 'reader')
    expect((await sim.tokens()).map(({ app }) => app)).toEqual([reader?.clientId])
  })

  test.each<[string, FaultInput['effect'], WriteResult['state'], string | undefined]>([
    ['400', { kind: 'status', status: 400 }, 'refused', 'graph_refused'],
    ['401', { kind: 'status', status: 401 }, 'refused', 'graph_unauthorized'],
    ['403', { kind: 'status', status: 403 }, 'refused', 'graph_forbidden'],
    ['404', { kind: 'status', status: 404 }, 'refused', 'graph_not_found'],
    ['409', { kind: 'status', status: 409 }, 'refused', 'graph_conflict'],
    ['412', { kind: 'status', status: 412 }, 'refused', 'graph_conflict'],
    ['429', { kind: 'status', status: 429, retryAfter: 4 }, 'refused', 'graph_throttled'],
    ['500, not applied', { kind: 'status', status: 500 }, 'unknown', 'graph_write_unknown'],
    ['503, applied', { kind: 'status', status: 503, applied: true }, 'unknown', 'graph_write_unknown'],
    ['504', { kind: 'status', status: 504 }, 'unknown', 'graph_write_unknown'],
    ['a reset before it was applied', { kind: 'reset', when: 'beforeApply' }, 'unknown', 'graph_write_unknown'],
    ['a reset after it was applied', { kind: 'reset', when: 'afterApply' }, 'unknown', 'graph_write_unknown'],
    ['malformed JSON in a 200', { kind: 'malformedJson' }, 'accepted', undefined],
  ])('replaceAssignments() after %s is judged rightly and sends nothing again', async (_, effect, state, code) => {
    const { id } = await somePolicy()
    await sim.faults({ match: { method: 'POST', path: '/beta/**/assign' }, count: null, effect })
    const result = await sim.client().writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())
    expect(result).toMatchObject({ state, ...(code !== undefined && { problem: { code } }) })
    expect(await writes()).toHaveLength(1)
  })

  test('a throttled write tells the caller when, and holds back the next one until then', async () => {
    const { id } = await somePolicy()
    await sim.faults({
      match: { method: 'POST', path: '/beta/**/assign' },
      effect: { kind: 'status', status: 429, retryAfter: 4.5 },
    })
    const client = sim.client()
    const first = await client.writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())
    expect(first).toMatchObject({ state: 'refused', problem: { code: 'graph_throttled', retryAfterMs: 4_500 } })
    const before = sim.clock.now()
    const second = await client.writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())
    expect(second.state).toBe('accepted')
    expect(sim.clock.now() - before).toBeGreaterThan(4_000)
    expect((await writes()).map(({ status }) => status)).toEqual([429, 200])
  })

  test('an answer is not lost when the pause it asks for cannot be stored', async () => {
    const { id } = await somePolicy()
    await sim.faults({ match: { method: 'POST', path: '/beta/**/assign' }, effect: { kind: 'status', status: 429 } })
    const block = () => Promise.reject(new Error('the database is gone'))
    const pacer = { ...createLocalPacer(defaultPacing), block }
    const result = await sim
      .client({ pacer })
      .writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())
    expect(result).toMatchObject({ state: 'refused', problem: { code: 'graph_throttled' } })
  })

  test('after a refused token the next write brings another one', async () => {
    const { id } = await somePolicy()
    await sim.faults({ match: { method: 'POST', path: '/beta/**/assign' }, effect: { kind: 'status', status: 401 } })
    const client = sim.client()
    expect((await client.writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())).state).toBe(
      'refused',
    )
    expect((await client.writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())).state).toBe(
      'accepted',
    )
    expect(await sim.tokens()).toHaveLength(2)
  })

  test('ten writes at once are sent one after the other', async () => {
    await sim.control.changeSettings({ latencyMs: 5 })
    const objects = (await sim.truth(policies.collection)).slice(0, 10)
    const client = sim.client()
    const rows = await rowsFor('group')
    let inFlight = 0
    let most = 0
    const beforeSend = async () => {
      inFlight += 1
      most = Math.max(most, inFlight)
    }
    await Promise.all(
      objects.map(async ({ id }) => {
        await client.writer.replaceAssignments(policies, id, rows, permitOf({ beforeSend }))
        inFlight -= 1
      }),
    )
    await sim.control.changeSettings({ latencyMs: 0 })
    expect(most).toBe(1)
    expect(await writes()).toHaveLength(10)
  })

  test('without a writer nothing can be written', async () => {
    const client = sim.client({ credentials: { reader: secretOf(sim.tenant, 'reader') } })
    const result = await client.writer.replaceAssignments(policies, (await somePolicy()).id, [], permitOf())
    expect(result).toMatchObject({ state: 'refused', problem: { reason: 'missing_configuration' } })
    expect(await sim.tokens()).toEqual([])
  })

  test('without a valid permit nothing is sent and no token is asked for', async () => {
    const { id } = await somePolicy()
    const result = await sim.client().writer.replaceAssignments(policies, id, [], permitOf({ restoreRunId: '' }))
    expect(result).toMatchObject({ state: 'refused', problem: { code: 'graph_refused', reason: 'unsupported' } })
    expect([await sim.tokens(), await sim.requests()]).toEqual([[], []])
  })

  test('beforeSend() comes last; what it throws is rethrown and nothing is sent', async () => {
    const stale = new Error('stale claim')
    const { id } = await somePolicy()
    let tokensBefore = -1
    const beforeSend = async () => {
      tokensBefore = (await sim.tokens()).length
      throw stale
    }
    const writing = sim.client().writer.replaceAssignments(policies, id, [], permitOf({ beforeSend }))
    await expect(writing).rejects.toBe(stale)
    expect(tokensBefore).toBe(1)
    expect(await writes()).toEqual([])
  })

  test('a write that is aborted before its first byte is refused, one aborted after it is unknown', async () => {
    const { id } = await somePolicy()
    const before = new AbortController()
    const beforeSend = async () => before.abort('cancelled')
    const unsent = await sim
      .client()
      .writer.replaceAssignments(policies, id, [], permitOf({ beforeSend, signal: before.signal }))
    expect(unsent).toMatchObject({ state: 'refused', problem: { reason: 'cancelled' } })
    expect(await writes()).toEqual([])
  })
})

describe('addAssignment() and removeAssignment()', () => {
  test('add one target and take it away again by its id', async () => {
    const { id } = await somePolicy(autopilot)
    const { reader, writer } = sim.client()
    const [row] = await rowsFor('allDevices')
    const options = { signal: noAbort }
    for (const left of (await reader.readAssignments(autopilot, [id], options)).values()) {
      for (const assignment of left.state === 'read' ? left.value : []) {
        await writer.removeAssignment(autopilot, id, String(assignment['id']), permitOf())
      }
    }
    expect(await assignedOf(id, autopilot)).toEqual([])
    expect(await writer.addAssignment(autopilot, id, row ?? {}, permitOf())).toMatchObject({
      state: 'accepted',
      status: 201,
    })
    const found = (await reader.readAssignments(autopilot, [id], options)).get(id)
    const [added] = found?.state === 'read' ? found.value : []
    expect(added).toMatchObject({ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } })
    expect(await writer.removeAssignment(autopilot, id, String(added?.['id']), permitOf())).toMatchObject({
      state: 'accepted',
    })
    expect(await assignedOf(id, autopilot)).toEqual([])
  })

  test('a type with an assign action is not written target by target, nor the other way round', async () => {
    const { writer } = sim.client()
    const results = [
      await writer.addAssignment(policies, 'a', {}, permitOf()),
      await writer.removeAssignment(policies, 'a', 'b', permitOf()),
      await writer.replaceAssignments(autopilot, 'a', [], permitOf()),
      await writer.replaceAssignments(contractOf('policySets'), 'a', [], permitOf()),
    ]
    expect(results.map(({ state }) => state)).toEqual(['refused', 'refused', 'refused', 'refused'])
    expect([await sim.tokens(), await sim.requests()]).toEqual([[], []])
  })
})

describe('Multi Admin Approval', () => {
  const approvalOf = async (mode: 'observed' | 'documented', id: string) => {
    await sim.control.changeSettings({ multiAdminApproval: { [sim.tenant.id]: mode } })
    const result = await sim.client().writer.replaceAssignments(policies, id, await rowsFor('group'), permitOf())
    await sim.control.changeSettings({ multiAdminApproval: { [sim.tenant.id]: false } })
    return result
  }

  test.each([
    ['observed', 1],
    ['documented', 2],
  ] as const)('a write of a tenant that wants it (%s) waits for approval, with the code', async (mode, index) => {
    const { id = '' } = (await sim.truth(policies.collection))[index] ?? {}
    const before = await assignedOf(id)
    const result = await approvalOf(mode, id)
    expect(result).toMatchObject({
      state: 'approval_required',
      approvalCode: expect.stringMatching(/^[0-9a-f-]{36}$/),
      problem: { code: 'graph_approval_required', reason: 'approval_required' },
    })
    expect(await assignedOf(id)).toEqual(before)
    expect(await writes()).toHaveLength(1)
  })

  test('a second request while the first waits has no code of its own', async () => {
    const { id = '' } = (await sim.truth(policies.collection))[3] ?? {}
    await approvalOf('observed', id)
    expect(await approvalOf('observed', id)).toMatchObject({ state: 'approval_required', approvalCode: undefined })
  })
})
