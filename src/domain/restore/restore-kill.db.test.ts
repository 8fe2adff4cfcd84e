import { describe, expect, test } from 'vitest'
import type { BackupSetId, RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import { planRestore } from '#domain/restore/plan-restore.ts'
import { itemKey } from '#domain/restore/restore-run.ts'
import { restoreFailpoints } from '#domain/restore/restore-failpoints.ts'
import type { RestoreFailpoint } from '#domain/restore/restore-failpoints.ts'
import type { RestoreTiming } from '#domain/restore/restore-timing.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import { givenPolicies, the, useLab, withoutAssignments } from '#domain/restore/testing.ts'
import type { LabTenant, LivePolicy } from '#domain/restore/testing.ts'
import { groupRow } from '#domain/restore/testing-rows.ts'
import { violations } from '#domain/restore/testing-invariants.ts'
import type { LedgerItem, WitnessedChange } from '#domain/restore/testing-invariants.ts'
import { changeRestoreLimit } from '#domain/workspaces/restore-limit.ts'
import { workspaceOf } from '#foundation/kernel/context-testing.ts'
import { spawnWorker } from '#domain/restore/testing-worker-process.ts'
import type { WorkerProcess } from '#domain/restore/testing-worker-process.ts'

const lab = useLab({ worker: false })
const { database } = lab

// Short, so that a successor need not wait long; the real ones differ in their length only.
const short: RestoreTiming = {
  requestTimeoutMs: 1_500,
  startWithinMs: 200,
  readBackMs: 3_000,
  firstPollMs: 20,
  longestPollMs: 100,
  finishItemMs: 500,
}

/** A worker process; with a failpoint it ends there. */
function startWorker(tenant: LabTenant, failpoint = '', timing = short): Promise<WorkerProcess> {
  const client = lab.connectionOf(tenant.ctx)
  return spawnWorker({ databaseUrl: database.url, client, timing, leaseMs: 900 }, failpoint)
}

async function endOf(worker: WorkerProcess): Promise<NodeJS.Signals | null> {
  return (await worker.exited).signal
}

async function stopped(worker: WorkerProcess): Promise<void> {
  expect(await worker.stop()).toEqual({ code: 0, signal: null, complaint: '' })
}

/** Two policies with an assign action and one that is written target by target, all of them wrecked. */
async function givenWrecked(): Promise<{ tenant: LabTenant; backupSetId: BackupSetId; policies: LivePolicy[] }> {
  const tenant = await lab.tenant({ policies: 120 })
  const [a, b, c] = await lab.simulator.control.groups(tenant.simId)
  const whole = await givenPolicies(lab, tenant, { count: 2 })
  const [profile] = await givenPolicies(lab, tenant, { type: 'windowsAutopilotDeploymentProfiles' })
  const { collection, graphId: id } = the(profile)
  const profileHas = (...groups: string[]) =>
    tenant.change({ action: 'setAssignments', collection, id, assignments: groups.map(groupRow) })
  await profileHas(the(a).id, the(b).id, the(c).id)
  const backupSetId = await lab.whileWorking(() =>
    tenant.backup(['configurationPolicies', 'windowsAutopilotDeploymentProfiles']),
  )
  const [, , , d, e] = await lab.simulator.control.groups(tenant.simId)
  await tenant.change(...withoutAssignments(whole))
  await profileHas(the(a).id, the(d).id, the(e).id)
  return { tenant, backupSetId, policies: [...whole, the(profile)] }
}

async function evidenceOf(tenant: LabTenant, restoreRunId: RestoreRunId, runId: RunId) {
  const run = await tenant.ended(runId)
  const { owner: db } = database
  const rows = await db.selectFrom('restore_items').where('restore_run_id', '=', restoreRunId).selectAll().execute()
  const sends = await db.selectFrom('restore_sends').where('run_id', '=', runId).selectAll().execute()
  const audit = await db
    .selectFrom('audit_entries')
    .where('run_id', '=', runId)
    .select(['action', 'subject_id'])
    .execute()
  const journal = await tenant.journal()
  const changes = journal.flatMap(({ change }) =>
    change?.action === 'setAssignments' && change.source === 'graph' ? [change] : [],
  )
  return {
    writes: await tenant.writes(),
    changes: changes as unknown as WitnessedChange[],
    items: rows.map((row) => ({ ...row, graphId: row.graph_id })) as unknown as LedgerItem[],
    sends: sends.map((send) => ({ clientRequestId: send.client_request_id, itemId: send.restore_item_id })),
    run,
    audit: audit.map(({ action, subject_id: subject }) => ({ action, subject })),
  }
}

/** Plans with one worker and executes with others, the first of which end at their failpoints. */
async function executed(tenant: LabTenant, plan: RestoreView, ...failpoints: readonly string[]) {
  const { runId } = await tenant.confirm(plan)
  for (const failpoint of failpoints) expect(await endOf(await startWorker(tenant, failpoint))).toBe('SIGKILL')
  const successor = await startWorker(tenant)
  const evidence = await evidenceOf(tenant, plan.id, runId)
  await stopped(successor)
  return evidence
}

async function planned(
  tenant: LabTenant,
  backupSetId: BackupSetId,
  policies: readonly LivePolicy[],
): Promise<RestoreView> {
  const plan = await lab.whileWorking(() => tenant.plan({ backupSetId, mode: 'replace', policies }))
  expect(plan.counts.byPlan).toEqual({ write: 3, no_change: 0, skip: 0 })
  return plan
}

const inPreview: readonly RestoreFailpoint[] = ['restore.plan_saving', 'restore.plan_saved']
const onceARun: readonly RestoreFailpoint[] = ['restore.ending', 'restore.ended']
const inExecution = restoreFailpoints.filter((point) => !inPreview.includes(point))
// At the second visit a policy is done already, and others are still to do.
const kills = inExecution.map((point) => `${point}:kill@${onceARun.includes(point) ? 1 : 2}`)

describe('a restore whose worker is killed', () => {
  test.each([...kills, 'restore.sending:kill@1', 'restore.answered:kill@1'])(
    'at %s is finished by another one, and everything that must hold does',
    async (failpoint) => {
      const { tenant, backupSetId, policies } = await givenWrecked()
      const plan = await planned(tenant, backupSetId, policies)
      const evidence = await executed(tenant, plan, failpoint)
      expect(violations(evidence)).toEqual([])
      expect(evidence.run.outcome).toBe('succeeded')
      const truth = await tenant.truth()
      expect(plan.items.map((item) => truth.get(itemKey(item))?.hash)).toEqual(
        plan.items.map(({ desiredHash }) => desiredHash),
      )
    },
  )

  test.each(inPreview)('at %s while it plans gets its plan from another one', async (point) => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const { restoreRunId, previewRunId } = await planRestore(database.db, tenant.ctx, {
      backupSetId,
      mode: 'replace',
      policies,
    })
    expect(await endOf(await startWorker(tenant, `${point}:kill@1`))).toBe('SIGKILL')
    const successor = await startWorker(tenant)
    expect(await tenant.ended(previewRunId)).toMatchObject({ outcome: 'succeeded' })
    const plan = await tenant.show(restoreRunId)
    expect(plan).toMatchObject({ state: 'previewed', counts: { byPlan: { write: 3 } } })
    await stopped(successor)
    const evidence = await executed(tenant, plan)
    expect(violations(evidence)).toEqual([])
  })

  test('twice, the second time while it recovers, is finished by the third', async () => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const plan = await planned(tenant, backupSetId, policies)
    const evidence = await executed(tenant, plan, 'restore.answered:kill@1', 'restore.settling:kill@1')
    expect(violations(evidence)).toEqual([])
    expect(evidence.run).toMatchObject({ outcome: 'succeeded', counts: { changed: 3 } })
  })

  test('is finished though nobody may restore that much alone any more: it had begun', async () => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const plan = await planned(tenant, backupSetId, policies)
    const { runId } = await tenant.confirm(plan)
    expect(await endOf(await startWorker(tenant, 'restore.settled:kill@1'))).toBe('SIGKILL')
    await changeRestoreLimit(database.db, workspaceOf(tenant.ctx), 0)
    const successor = await startWorker(tenant)
    expect(await tenant.ended(runId)).toMatchObject({ outcome: 'succeeded', counts: { changed: 3 } })
    await stopped(successor)
  }, 60_000)

  test('before it could send, twice, is not sent a third time and says unknown', async () => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const plan = await planned(tenant, backupSetId, policies)
    const evidence = await executed(tenant, plan, 'restore.sending:kill@1', 'restore.sending:kill@1')
    expect(violations(evidence)).toEqual([])
    expect(evidence.items.map(({ state }) => state).toSorted()).toEqual(['unknown', 'verified', 'verified'])
    expect(evidence.run.outcome).toBe('partially_succeeded')
  })

  test('while its request is on the way is waited for, and the request is not sent again', async () => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const plan = await planned(tenant, backupSetId, policies)
    const timing = { ...short, requestTimeoutMs: 6_000 }
    const match = { method: 'POST', tenant: tenant.simId, path: '/beta/**/assign' } as const
    await lab.simulator.faults({ match, effect: { kind: 'applyLate', ms: 5_000 } })
    const { runId } = await tenant.confirm(plan)
    expect(await endOf(await startWorker(tenant, 'restore.answered:kill@1', timing))).toBe('SIGKILL')
    const successor = await startWorker(tenant, '', timing)
    const evidence = await evidenceOf(tenant, plan.id, runId)
    await stopped(successor)
    expect(violations(evidence)).toEqual([])
    expect(evidence.run).toMatchObject({ outcome: 'succeeded', counts: { changed: 3, recovered: 1 } })
    expect(evidence.writes.filter(({ path }) => path?.endsWith('/assign'))).toHaveLength(2)
  })
})

describe('a restore whose worker is told to stop', () => {
  const sendsOf = (runId: RunId, kind: 'add' | 'replace') =>
    database.owner
      .selectFrom('restore_sends')
      .where('run_id', '=', runId)
      .where('kind', '=', kind)
      .select('answer')
      .execute()

  test('finishes the policy it is writing first', async () => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const plan = await planned(tenant, backupSetId, policies)
    const match = { method: 'POST', tenant: tenant.simId, path: '/beta/**/assign' } as const
    await lab.simulator.faults({ match, effect: { kind: 'delay', ms: 600 } })
    const { runId } = await tenant.confirm(plan)
    // On a busy machine an answer that is in time must not be taken for a lost one.
    const patient = { ...short, requestTimeoutMs: 15_000, finishItemMs: 15_000 }
    const worker = await startWorker(tenant, '', patient)
    await expect.poll(() => sendsOf(runId, 'replace'), { timeout: 20_000 }).toEqual([{ answer: null }])
    await stopped(worker)
    const { items } = await tenant.show(plan.id)
    expect(items.map(({ state }) => state).toSorted()).toEqual(['planned', 'planned', 'verified'])
    expect(await sendsOf(runId, 'replace')).toEqual([{ answer: 'accepted' }])
    const successor = await startWorker(tenant, '', patient)
    const evidence = await evidenceOf(tenant, plan.id, runId)
    await stopped(successor)
    expect(violations(evidence)).toEqual([])
    expect(evidence.run).toMatchObject({ outcome: 'succeeded', counts: { changed: 3 } })
    expect(evidence.run.counts['recovered'] ?? 0).toBe(0)
  })

  test('in the middle of a write that takes too long is finished by another one', async () => {
    const { tenant, backupSetId, policies } = await givenWrecked()
    const plan = await planned(tenant, backupSetId, policies)
    const match = { method: 'POST', tenant: tenant.simId, path: '/beta/**/assignments' } as const
    await lab.simulator.faults({ match, effect: { kind: 'delay', ms: 1_000 } })
    const { runId } = await tenant.confirm(plan)
    const worker = await startWorker(tenant, '', { ...short, finishItemMs: 100 })
    await expect.poll(() => sendsOf(runId, 'add'), { timeout: 20_000 }).toEqual([{ answer: null }])
    await stopped(worker)
    const successor = await startWorker(tenant)
    const evidence = await evidenceOf(tenant, plan.id, runId)
    await stopped(successor)
    expect(violations(evidence)).toEqual([])
    expect(evidence.run).toMatchObject({ outcome: 'succeeded', counts: { changed: 3 } })
  })
})
