/** What a worker does with a large restore, and what an undo of one asks for. */
import { describe, expect, test } from 'vitest'
import { removeMember } from '#domain/access/members/change-member.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { givenPolicies, the, useLab, withoutAssignments } from '#domain/restore/testing.ts'
import type { LabTenant } from '#domain/restore/testing.ts'
import { approveAs, givenColleague } from '#domain/restore/testing-approval.ts'
import { changeRestoreLimit } from '#domain/workspaces/restore-limit.ts'
import { workspaceOf } from '#foundation/kernel/context-testing.ts'

const lab = useLab({ worker: false })
const { database } = lab
const required = { reason: 'second_person_required' }

const limitTo = (tenant: LabTenant, limit: number | null) =>
  changeRestoreLimit(database.db, workspaceOf(tenant.ctx), limit)

/** A plan that writes two policies, in a workspace where one person may have one written. */
async function givenPlan() {
  const tenant = await lab.tenant()
  const policies = await givenPolicies(lab, tenant, { count: 2 })
  const plan = await lab.whileWorking(async () => {
    const backupSetId = await tenant.backup(['configurationPolicies'])
    await tenant.change(...withoutAssignments(policies))
    const chosen = policies.map(({ type, graphId }) => ({ type, graphId }))
    return tenant.plan({ backupSetId, mode: 'replace', policies: chosen })
  })
  await limitTo(tenant, 1)
  return { tenant, policies, plan, colleague: await givenColleague(database.db, tenant.ctx) }
}

async function executed(tenant: LabTenant, plan: RestoreView) {
  const { runId } = await tenant.confirm(plan)
  return lab.whileWorking(() => tenant.ended(runId))
}

const hashOf = async (tenant: LabTenant, graphId: string) =>
  (await tenant.truth()).get(`configurationPolicies/${graphId}`)?.hash

describe('assignments.restore', () => {
  test('executes a large plan that somebody else approved', async () => {
    const { tenant, policies, plan, colleague } = await givenPlan()
    await expect(tenant.confirm(plan)).rejects.toMatchObject(required)
    await approveAs(database.db, colleague, plan)
    expect(await executed(tenant, plan)).toMatchObject({ outcome: 'succeeded', counts: { changed: 2 } })
    expect(await hashOf(tenant, the(policies[0]).graphId)).toBe(policies[0]?.hash)
  })

  test('does not begin what was confirmed before it needed a second person', async () => {
    const { tenant, plan } = await givenPlan()
    await limitTo(tenant, null)
    const { runId } = await tenant.confirm(plan)
    await limitTo(tenant, 1)
    const run = await lab.whileWorking(() => tenant.ended(runId))
    expect(run).toMatchObject({ outcome: 'blocked', failures: [required] })
    expect((await tenant.show(plan.id)).state).toBe('failed')
    expect(await tenant.writes()).toEqual([])
  })

  test('does not begin when the approver has left since the confirmation', async () => {
    const { tenant, plan, colleague } = await givenPlan()
    await approveAs(database.db, colleague, plan)
    const { runId } = await tenant.confirm(plan)
    await removeMember(database.db, tenant.ctx, colleague.person.userId)
    const run = await lab.whileWorking(() => tenant.ended(runId))
    expect(run).toMatchObject({ outcome: 'blocked', failures: [required] })
    expect(await tenant.writes()).toEqual([])
  })

  test('does not take the approval of whoever is said to have confirmed', async () => {
    const { tenant, plan, colleague } = await givenPlan()
    await approveAs(database.db, colleague, plan)
    const { runId } = await tenant.confirm(plan)
    await database.owner
      .updateTable('restore_runs')
      .set({ confirmed_by_id: colleague.person.userId })
      .where('id', '=', plan.id)
      .execute()
    const run = await lab.whileWorking(() => tenant.ended(runId))
    expect(run).toMatchObject({ outcome: 'blocked', failures: [required] })
    expect(await tenant.writes()).toEqual([])
  })
})

describe('undoRestore()', () => {
  test('makes a plan that needs a second person like any other, and an approval of its own', async () => {
    const { tenant, plan, colleague } = await givenPlan()
    await approveAs(database.db, colleague, plan)
    await executed(tenant, plan)
    const undo = await lab.whileWorking(() => tenant.planUndo(plan.id))
    expect(undo.approval).toMatchObject({ state: 'needed', approvals: [] })
    await expect(tenant.confirm(undo)).rejects.toMatchObject(required)
    await approveAs(database.db, colleague, undo)
    expect(await executed(tenant, undo)).toMatchObject({ outcome: 'succeeded', counts: { changed: 2 } })
  })
})
