/**
 * `backup_schedule.run`: starts the backup of every tenant of the workspace, each with its own place in the window. What
 * is started and what is remembered of it are one transaction, so a tenant is started once, however often the run is
 * resumed; one whose backup is active already keeps that one.
 */
import type { InputOf } from '#domain/operations/catalog.ts'
import { ensureRuns } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun, RunHandle, RunItem, WorkspaceRunHandler } from '#domain/operations/operation.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import { tenantsToStart, type TenantToStart } from '#domain/schedules/firing.store.ts'
import { jitterPlace } from '#domain/schedules/jitter.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'

type Input = InputOf<'backup_schedule.run'>

const startedAtOnce = 100

export function createRunBackupScheduleHandler({ db }: { readonly db: Database }): WorkspaceRunHandler<Input> {
  return async (ctx, run) => {
    const tenants = await inWorkspace(db, ctx, (tx) => tenantsToStart(tx, ctx))
    await run.items.plan(tenants.map(({ ref, name }) => ({ key: ref, label: name })))
    const finished = await run.items.finished()
    const left = tenants.filter(({ ref }) => !finished.has(ref))
    for (let from = 0; from < left.length; from += startedAtOnce) {
      run.signal.throwIfAborted()
      const processed = tenants.length - left.length + from
      run.progress({ processed, total: tenants.length, step: 'Starting backups' })
      await startSome(db, ctx, { run, tenants: left.slice(from, from + startedAtOnce) })
      wakeWorkers(db)
    }
    const { scheduleId, scheduledFor } = run.input
    return { context: { scheduleId, scheduledFor } }
  }
}

async function startSome(
  db: Database,
  ctx: WorkspaceContext,
  { run, tenants }: { readonly run: RunHandle<Input>; readonly tenants: readonly TenantToStart[] },
): Promise<void> {
  const { scheduleId, scheduledFor, spreadSeconds, capture } = run.input
  const context = { scheduleId, scheduledFor, startedBy: run.runId }
  await inWorkspace(db, ctx, async (tx) => {
    await run.assertFence(tx)
    const connected = tenants.filter(({ isConnected }) => isConnected)
    const started = await ensureRuns(
      tx,
      ctx,
      { type: 'backup.capture', input: capture, trigger: 'schedule', context },
      connected.map(({ id }) => id),
      (tenantId) => Math.floor(jitterPlace(scheduleId, tenantId) * spreadSeconds * 1_000),
    )
    failpoint('backup_schedule.started')
    const items = tenants.map((tenant) => itemOf(tenant, started.get(tenant.id)))
    await run.items.recordIn(tx, items)
  })
}

function itemOf({ ref, name, isConnected }: TenantToStart, started: EnsuredRun | undefined): RunItem {
  const item = { key: ref, label: name }
  if (!isConnected) {
    const message = 'The tenant is not connected, so it is not backed up: connect it with `tenantatlas connection set`.'
    const failure = { code: 'backup_schedule.not_connected', reason: 'missing_configuration', message } as const
    return { ...item, outcome: 'skipped', failure }
  }
  const output = { runId: started?.runId ?? null, disposition: started?.disposition ?? null }
  if (started?.disposition === 'created') return { ...item, outcome: 'succeeded', counts: { created: 1 }, output }
  return { ...item, outcome: 'skipped', output }
}
