import { describe, expect, test } from 'vitest'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { createReconcileRunsHandler } from '#domain/operations/reconcile-runs-handler.ts'
import { trackRun } from '#domain/operations/track-run.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import { endLease, takeLease } from '#domain/operations/lease.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { restoreRecords } from '#domain/restore/restore-records.ts'
import type { RestoreItemState, RestoreState } from '#domain/restore/restore-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { workspaceOf } from '#foundation/kernel/context-testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId, type BackupSetId, type RestoreRunId, type RunId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

/* A restore and the run that executes it, made to disagree; the reconciliation brings them together. */
const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const never = new AbortController().signal
const hash = Buffer.alloc(32, 1)

async function givenRestore(state: RestoreState, items: readonly RestoreItemState[] = []) {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  const id = newId<RestoreRunId>()
  const start = { type: 'assignments.restore', input: { restoreRunId: id }, trigger: 'user' } as const
  const { runId } = await startRun(database.db, ctx, start)
  const backupSetId = newId<BackupSetId>()
  const scope = { workspace_id: ctx.workspaceId, tenant_id: ctx.tenantId }
  await database.owner
    .insertInto('backup_sets')
    .values({ ...scope, id: backupSetId, run_id: runId, state: 'capturing', created_by: 'Ada Moreau' })
    .execute()
  const ended = ['completed', 'partial', 'failed', 'cancelled'].includes(state)
  await database.owner
    .insertInto('restore_runs')
    .values({
      ...scope,
      id,
      state,
      mode: 'replace',
      backup_set_id: backupSetId,
      scope: '{"kind":"all"}',
      plan_hash: hash,
      previewed_at: new Date(),
      confirmed_at: new Date(),
      run_id: runId,
      created_by: 'Ada Moreau',
      completed_at: ended ? new Date() : null,
    })
    .execute()
  for (const [ordinal, itemState] of items.entries()) await givenItem(ctx, id, ordinal, itemState)
  return { ctx, id, runId }
}

async function givenItem(ctx: TenantContext, restoreRunId: RestoreRunId, ordinal: number, state: RestoreItemState) {
  await database.owner
    .insertInto('restore_items')
    .values({
      workspace_id: ctx.workspaceId,
      tenant_id: ctx.tenantId,
      id: newId(),
      restore_run_id: restoreRunId,
      ordinal,
      type: 'configurationPolicies',
      graph_id: `policy ${ordinal}`,
      policy_name: `Policy ${ordinal}`,
      plan: 'write',
      preview_hash: hash,
      desired_hash: hash,
      state,
      before: '[]',
      before_hash: hash,
      fence: 1,
    })
    .execute()
}

async function reconcile(ctx: TenantContext): Promise<void> {
  const workspace = workspaceOf(ctx)
  await startRun(database.db, workspace, { type: 'ops.reconcile_adapter_runs', input: {}, trigger: 'reconcile' })
  const owner = await takeLease(database.db, 60_000)
  const types = ['ops.reconcile_adapter_runs']
  const {
    claims: [claim],
  } = await claimRuns(database.db, { owner, types, free: 1, freeForScheduled: 1, after: null })
  if (claim === undefined) throw new Error('the reconciliation could not be claimed')
  const handler = createReconcileRunsHandler({ db: database.db, log, adapters: [restoreRecords] })
  await trackRun({ db: database.db, log, signal: never, leaseSignal: never }, claim, (handle) =>
    handler(workspace, { ...handle, input: {} }),
  )
  await endLease(database.db, owner)
}

async function restoreOf(id: RestoreRunId) {
  const restore = await database.owner
    .selectFrom('restore_runs')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const items = database.owner
    .selectFrom('restore_items')
    .select('state')
    .where('restore_run_id', '=', id)
    .orderBy('ordinal')
  return {
    state: restore.state,
    isOver: restore.completed_at !== null,
    items: (await items.execute()).map((i) => i.state),
  }
}

/** Claims a run of any type for a worker that lives. */
async function claimRestore(runId: RunId) {
  const owner = await takeLease(database.db, 60_000)
  const order = { owner, types: ['assignments.restore'], free: 50, freeForScheduled: 50, after: null }
  const { claims } = await claimRuns(database.db, order)
  const claim = claims.find((one) => one.runId === runId)
  if (claim === undefined) throw new Error('the restore could not be claimed')
  return claim
}

describe('the reconciliation of restores', () => {
  test.each([
    ['completed', 'succeeded'],
    ['partial', 'partially_succeeded'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
  ] as const)('ends the run of a restore that is %s as %s', async (state, outcome) => {
    const { ctx, runId } = await givenRestore(state)
    await reconcile(ctx)
    const run = await getRun(database.db, ctx, runId)
    expect(run).toMatchObject({ status: 'completed', outcome })
    expect(run.retryAt !== null).toBe(outcome !== 'cancelled')
    const entries = database.owner.selectFrom('audit_entries').select('outcome').where('run_id', '=', runId)
    expect(await entries.where('action', '=', 'run.completed').execute()).toEqual([{ outcome }])
  })

  test('leaves a run to the worker that lives and has it', async () => {
    const { ctx, runId } = await givenRestore('completed')
    const claim = await claimRestore(runId)
    await reconcile(ctx)
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'running' })
    await endRun(database.db, claim, { kind: 'finish', verdict: 'returned', result: {} }, never)
  })

  test('ends a restore whose run has ended, and says that what was being sent is unknown', async () => {
    const { ctx, id, runId } = await givenRestore('running', ['verified', 'sending', 'planned'])
    const claim = await claimRestore(runId)
    await endRun(database.db, claim, { kind: 'finish', verdict: 'failed', result: {} }, never)
    await reconcile(ctx)
    expect(await restoreOf(id)).toEqual({ state: 'partial', isOver: true, items: ['verified', 'unknown', 'skipped'] })
  })

  test('ends a restore that was cancelled while it waited as cancelled', async () => {
    const { ctx, id, runId } = await givenRestore('queued', ['planned'])
    const claim = await claimRestore(runId)
    await endRun(database.db, claim, { kind: 'finish', verdict: 'cancelled', result: {} }, never)
    await reconcile(ctx)
    expect(await restoreOf(id)).toEqual({ state: 'cancelled', isOver: true, items: ['skipped'] })
  })
})
