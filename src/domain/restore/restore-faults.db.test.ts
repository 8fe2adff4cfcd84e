import { describe, expect, test } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { givenPolicies, the, useLab, withoutAssignments } from '#domain/restore/testing.ts'
import { groupRow } from '#domain/restore/testing-rows.ts'
import type { LabTenant, LivePolicy } from '#domain/restore/testing.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import type { FaultInput } from '#graph/client/simulator-testing.ts'

const lab = useLab()

interface Wrecked {
  readonly tenant: LabTenant
  readonly policies: readonly LivePolicy[]
  readonly policy: LivePolicy
  readonly plan: RestoreView
}

/** A tenant whose backed-up policies lost their group, and the plan that brings it back. */
async function givenWrecked({ count = 1 } = {}): Promise<Wrecked> {
  const type = 'configurationPolicies' as const
  const tenant = await lab.tenant({ policies: 120 })
  const policies = await givenPolicies(lab, tenant, { type, count })
  const backupSetId = await tenant.backup([type])
  await tenant.change(...withoutAssignments(policies))
  const chosen = policies.map(({ graphId }) => ({ type, graphId }))
  const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
  expect(plan.counts.byPlan).toEqual({ write: policies.length, no_change: 0, skip: 0 })
  return { tenant, policies, policy: the(policies[0]), plan }
}

/** A fault at the write of one policy. */
function atWrite({ collection, graphId }: LivePolicy, effect: FaultInput['effect']): FaultInput {
  return { match: { method: 'POST', path: `/beta${collection}/${graphId}/**` }, effect }
}

async function hashNow(tenant: LabTenant, { type, graphId }: LivePolicy): Promise<string | undefined> {
  return (await tenant.truth()).get(`${type}/${graphId}`)?.hash
}

describe('a restore in a tenant that changes', () => {
  test('leaves a policy alone that somebody changed after the preview', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    const [, other] = await lab.simulator.control.groups(tenant.simId)
    await tenant.change({
      action: 'setAssignments',
      collection: policy.collection,
      id: policy.graphId,
      assignments: [groupRow(the(other).id)],
    })
    const theirs = await hashNow(tenant, policy)
    const { run, restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([
      { state: 'conflict', foundHash: theirs, previewHash: the(plan.items[0]).previewHash, written: 'no' },
    ])
    expect(run).toMatchObject({
      outcome: 'failed',
      counts: { conflicts: 1, failed: 1 },
      failures: [{ reason: 'conflict' }],
    })
    expect(await tenant.writes()).toEqual([])
    expect(await hashNow(tenant, policy)).toBe(theirs)
  })

  test('says no change when somebody brought it back already', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    await tenant.change({
      action: 'setAssignments',
      collection: policy.collection,
      id: policy.graphId,
      assignments: policy.assignments as never,
    })
    const { restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'no_change', written: 'no' }])
    expect(await tenant.writes()).toEqual([])
  })

  test('says conflict when somebody changed it between write and read-back', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    const [, other] = await lab.simulator.control.groups(tenant.simId)
    await lab.simulator.faults(atWrite(policy, { kind: 'ignoreWrite' }))
    lab.whenWaiting(() =>
      tenant.change({
        action: 'setAssignments',
        collection: policy.collection,
        id: policy.graphId,
        assignments: [groupRow(the(other).id)],
      }),
    )
    const { restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([
      { state: 'conflict', written: 'unknown', foundHash: await hashNow(tenant, policy) },
    ])
    expect(await tenant.writes()).toHaveLength(1)
  })

  test('fails one policy that vanished, and brings the others back', async () => {
    const { tenant, policies, policy, plan } = await givenWrecked({ count: 3 })
    await tenant.change({ action: 'deleteObject', collection: policy.collection, id: policy.graphId })
    const { run, restore } = await tenant.apply(plan)
    const states = Object.fromEntries(restore.items.map(({ graphId, state, reason }) => [graphId, [state, reason]]))
    expect(states[policy.graphId]).toEqual(['failed', 'not_found'])
    expect(policies.slice(1).map(({ graphId }) => states[graphId])).toEqual([
      ['verified', null],
      ['verified', null],
    ])
    expect(run).toMatchObject({
      outcome: 'partially_succeeded',
      counts: { total: 3, succeeded: 2, failed: 1, changed: 2 },
    })
    expect(restore.state).toBe('partial')
  })
})

describe('a restore over a service that fails', () => {
  test('verifies by reading back when the answer to an applied write was lost, and sends nothing twice', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    await lab.simulator.faults(atWrite(policy, { kind: 'reset', when: 'afterApply' }))
    const { run, restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'verified', recovered: true, written: 'yes' }])
    expect(run).toMatchObject({ outcome: 'succeeded', counts: { changed: 1, recovered: 1 } })
    expect(await tenant.writes()).toHaveLength(1)
    expect(await hashNow(tenant, policy)).toBe(policy.hash)
  })

  test('says unknown of a write that was not answered and does not show, and sends nothing twice', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    await lab.simulator.faults(atWrite(policy, { kind: 'reset', when: 'beforeApply' }))
    const { run, restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'unknown', reason: 'write_unknown', written: 'unknown' }])
    expect(run).toMatchObject({ outcome: 'failed', counts: { unknown: 1, failed: 1 } })
    expect(await tenant.writes()).toHaveLength(1)
  })

  test('reads back before anything else when a write is answered with 503', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    await lab.simulator.faults(atWrite(policy, { kind: 'status', status: 503, applied: true }))
    const { restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'verified', recovered: true }])
    expect(await tenant.writes()).toHaveLength(1)
  })

  test('never says verified of a write that was accepted and ignored', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    await lab.simulator.faults(atWrite(policy, { kind: 'ignoreWrite' }))
    const { run, restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'failed', reason: 'not_verified', written: 'unknown' }])
    expect(run.outcome).toBe('failed')
    expect(await tenant.writes()).toHaveLength(1)
  })

  test.each([
    ['applied half a minute late', { kind: 'applyLate', ms: 30_000 }, 'verified'],
    ['applied after the read-back gave up', { kind: 'applyLate', ms: 120_000 }, 'failed'],
  ] as const)('waits for a write that is %s and is honest about it', async (_, effect, state) => {
    const { tenant, policy, plan } = await givenWrecked()
    await lab.simulator.faults(atWrite(policy, effect))
    const { restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state }])
    expect(await tenant.writes()).toHaveLength(1)
  })

  test('waits while reads still show what was before', async () => {
    const { tenant, plan } = await givenWrecked({ count: 3 })
    await lab.simulator.control.changeSettings({ consistencyDelayMs: 20_000 })
    const { restore } = await tenant.apply(plan)
    expect(restore.counts.byState).toEqual({ verified: 3 })
    expect(await tenant.writes()).toHaveLength(3)
  })

  test('waits as long as Graph asks before a write it refused with 429, and uses up no attempt', async () => {
    const { tenant, policies, plan } = await givenWrecked({ count: 3 })
    await lab.simulator.faults(
      atWrite(the(policies[1]), { kind: 'status', status: 429, retryAfter: 0.3, blocks: false }),
    )
    const { run, restore } = await tenant.apply(plan)
    expect(run).toMatchObject({ outcome: 'succeeded', attempts: 2, counts: { total: 3, changed: 3 } })
    expect(restore.counts.byState).toEqual({ verified: 3 })
    const answers = (await tenant.writes()).map(({ status }) => status)
    expect(answers.filter((status) => status === 429)).toHaveLength(1)
    expect(answers).toHaveLength(4)
  })

  test('renews a token that was refused, once, and writes', async () => {
    const { tenant, policy, plan } = await givenWrecked()
    await lab.simulator.faults(atWrite(policy, { kind: 'status', status: 401 }))
    const { restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'verified' }])
    expect((await tenant.writes()).map(({ status }) => status === 401)).toEqual([true, false])
  })

  test('stops when the writer is not let in any more, and says of the rest that it was left out', async () => {
    const { tenant, plan } = await givenWrecked({ count: 3 })
    const match = { method: 'POST', tenant: tenant.simId, path: '/beta/**/assign' } as const
    await lab.simulator.faults({ match, count: null, effect: { kind: 'status', status: 401 } })
    const { run, restore } = await tenant.apply(plan)
    expect(run).toMatchObject({
      outcome: 'failed',
      failures: expect.arrayContaining([expect.objectContaining({ reason: 'authentication_failed' })]),
    })
    expect(restore).toMatchObject({ state: 'failed', counts: { byState: { skipped: 3 } } })
    expect((await tenant.writes()).map(({ status }) => status)).toEqual([401, 401])
  })

  test('fails a policy that Graph refuses to write, and goes on', async () => {
    const { tenant, policies, plan } = await givenWrecked({ count: 3 })
    await lab.simulator.faults(atWrite(the(policies[0]), { kind: 'status', status: 403 }))
    const { restore } = await tenant.apply(plan)
    const refused = restore.items.find(({ graphId }) => graphId === the(policies[0]).graphId)
    expect(refused).toMatchObject({ state: 'failed', reason: 'permission_denied', written: 'no' })
    expect(restore.counts.byState).toEqual({ verified: 2, failed: 1 })
  })

  test('keeps the approval code when a second administrator has to approve', async () => {
    const { tenant, plan } = await givenWrecked()
    await lab.simulator.control.changeSettings({ multiAdminApproval: { [tenant.simId]: true } })
    const { run, restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([
      {
        state: 'awaiting_approval',
        reason: 'approval_required',
        written: 'no',
        approvalCode: expect.stringMatching(/[0-9a-f-]{36}/),
      },
    ])
    expect(run).toMatchObject({ outcome: 'partially_succeeded', counts: { awaiting_approval: 1, failed: 0 } })
    expect(restore.state).toBe('partial')
  })

  test('fails a target-by-target policy half way honestly, and can take it back', async () => {
    const tenant = await lab.tenant({ policies: 120 })
    const type = 'windowsAutopilotDeploymentProfiles'
    const [policy] = await givenPolicies(lab, tenant, { type })
    const groups = await lab.simulator.control.groups(tenant.simId)
    const at = { action: 'setAssignments', collection: the(policy).collection, id: the(policy).graphId } as const
    const backupSetId = await tenant.backup([type])
    await tenant.change({ ...at, assignments: [groupRow(the(groups[1]).id)] })
    const before = await hashNow(tenant, the(policy))
    const plan = await tenant.plan({ backupSetId, mode: 'replace', policies: [{ type, graphId: the(policy).graphId }] })
    await lab.simulator.faults({ match: { method: 'DELETE' }, effect: { kind: 'status', status: 403 } })
    const { restore } = await tenant.apply(plan)
    expect(restore.items).toMatchObject([{ state: 'failed', reason: 'permission_denied', written: 'yes' }])
    const undone = await tenant.apply(await tenant.planUndo(restore.id))
    expect(undone.restore.items).toMatchObject([{ state: 'verified' }])
    expect(await hashNow(tenant, the(policy))).toBe(before)
  })

  test('finishes the policy it is at when it is cancelled, and leaves the rest out', async () => {
    const { tenant, policies, plan } = await givenWrecked({ count: 5 })
    await lab.simulator.faults(
      atWrite(the(policies[0]), { kind: 'applyLate', ms: 1_000 }),
      atWrite(the(policies[1]), { kind: 'applyLate', ms: 1_000 }),
    )
    const { runId } = await tenant.confirm(plan)
    lab.whenWaiting(async () => {
      await cancelRun(lab.database.db, tenant.ctx, runId)
      // Until the worker knows: it asks the database every few seconds, and at once when it is told.
      await expect.poll(() => lab.signalOf(runId)?.aborted, { timeout: 20_000 }).toBe(true)
    })
    const run = await tenant.ended(runId)
    const restore = await tenant.show(plan.id)
    expect(run.outcome).toBe('cancelled')
    expect(restore.state).toBe('cancelled')
    expect(restore.counts.byState['verified']).toBeGreaterThanOrEqual(1)
    expect(restore.counts.byState['skipped']).toBeGreaterThanOrEqual(1)
    expect((restore.counts.byState['verified'] ?? 0) + (restore.counts.byState['skipped'] ?? 0)).toBe(5)
    expect(await tenant.writes()).toHaveLength(restore.counts.byState['verified'] ?? 0)
  })
})
