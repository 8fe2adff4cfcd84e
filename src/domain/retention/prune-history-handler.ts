/**
 * `retention.prune`: deletes runs, audit entries and slots that are older than the workspace keeps them, and starts the
 * pruning of each tenant's backups where a rule is set. Every batch is small and followed by a rest twice as long, so that
 * whoever works meanwhile does not notice. What a batch deleted is written down with it: the counts survive any crash.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { removeOldEntries } from '#domain/audit/remove-old-entries.ts'
import { removeOldNotices } from '#domain/notifications/remove-old-notices.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { ensureRuns } from '#domain/operations/ensure-run.ts'
import type { RunHandle, RunItem, WorkspaceRunHandler } from '#domain/operations/operation.ts'
import { removeOldOutbox, removeOldRuns, type RunCursor } from '#domain/operations/remove-old-runs.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { RetentionSettings } from '#domain/retention/retention-settings.ts'
import { readSettings, tenantsWithBackups } from '#domain/retention/retention.store.ts'
import { jitterPlace } from '#domain/schedules/jitter.ts'
import { removeOldSlots } from '#domain/schedules/remove-old-slots.ts'
import type { Signer } from '#foundation/crypto/sign.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import type { TenantId } from '#foundation/kernel/ids.ts'

type Run = RunHandle<InputOf<'retention.prune'>>

const atOnce = 1_000

interface PruneDeps {
  readonly db: Database
  /** Signs how much of the audit log was removed. */
  readonly signer: Signer
}

export function createPruneHistoryHandler({ db, signer }: PruneDeps): WorkspaceRunHandler<Run['input']> {
  return async (ctx, run) => {
    const settings = await inWorkspace(db, ctx, (tx) => readSettings(tx, ctx))
    const { runsDays, auditDays } = settings
    const prune = { db, ctx, run }
    await pruneOne(prune, {
      key: 'runs',
      label: 'Runs',
      remove: (tx, after) => runs(tx, ctx, { days: runsDays, after }),
    })
    const slots = (tx: Tx) => removeOldSlots(tx, ctx, { days: runsDays, limit: atOnce })
    await pruneOne(prune, { key: 'slots', label: 'Schedule slots', remove: byCount(slots) })
    const news = (tx: Tx) => removeOldOutbox(tx, ctx, { days: runsDays, limit: atOnce })
    await pruneOne(prune, { key: 'news', label: 'Notifications nobody sent', remove: byCount(news) })
    const notices = (tx: Tx) => removeOldNotices(tx, ctx, { days: runsDays, limit: atOnce })
    await pruneOne(prune, { key: 'notices', label: 'Notices of credentials', remove: byCount(notices) })
    const entries = (tx: Tx) => removeOldEntries(tx, ctx, { signer, days: auditDays, limit: atOnce })
    await pruneOne(prune, { key: 'audit', label: 'Audit entries', remove: byCount(entries) })
    await startBackupPruning(prune, settings)
    return { context: { runsDays, auditDays } }
  }
}

interface Prune {
  readonly db: Database
  readonly ctx: WorkspaceContext
  readonly run: Run
}

interface Batch {
  readonly removed: number
  readonly isDone: boolean
  /** Where the next batch begins, for what is deleted along a cursor. */
  readonly after?: RunCursor | null
}

interface Kind {
  readonly key: string
  readonly label: string
  /** Deletes one batch; it may be called again for the same one, when its transaction has to run again. */
  readonly remove: (tx: Tx, after: RunCursor | null) => Promise<Batch>
}

function byCount(remove: (tx: Tx) => Promise<number>): Kind['remove'] {
  return async (tx) => {
    const removed = await remove(tx)
    return { removed, isDone: removed < atOnce }
  }
}

async function runs(tx: Tx, ctx: WorkspaceContext, place: { days: number; after: RunCursor | null }): Promise<Batch> {
  const { runs: removed, after } = await removeOldRuns(tx, ctx, place)
  return { removed, after, isDone: after === null }
}

async function pruneOne({ db, ctx, run }: Prune, { key, label, remove }: Kind): Promise<void> {
  let removed = 0
  let after: RunCursor | null = null
  for (let isDone = false; !isDone;) {
    run.signal.throwIfAborted()
    run.progress({ processed: removed, total: removed, step: label })
    const beganAt = performance.now()
    const batch: Batch = await inWorkspace(db, ctx, async (tx) => {
      await run.assertFence(tx)
      const done = await remove(tx, after)
      await run.items.recordIn(tx, [removedItem(run, { key, label, removed: removed + done.removed })])
      return done
    })
    failpoint('retention_prune.batch')
    removed += batch.removed
    after = batch.after ?? null
    isDone = batch.isDone
    if (!isDone) await rest(2 * (performance.now() - beganAt), run.signal)
  }
}

/** One item per attempt, which grows with each batch: those of earlier attempts stay, and the sum is what was removed. */
function removedItem({ attempt }: Run, { key, label, removed }: Omit<Kind, 'remove'> & { removed: number }): RunItem {
  const counts = { total: removed, processed: removed, succeeded: removed, failed: 0, skipped: 0, removed }
  return { key: `${key} ${attempt}`, label, outcome: 'succeeded', counts }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}

const prunedAtOnce = 100
// Pruning has all night; it is spread over an hour.
const spreadMs = 3_600_000

async function startBackupPruning({ db, ctx, run }: Prune, settings: RetentionSettings): Promise<void> {
  const { backupsKeepLast: keepLast, backupsKeepDays: keepDays } = settings
  if (keepLast === null && keepDays === null) return
  const input = { ...(keepLast !== null && { keepLast }), ...(keepDays !== null && { keepDays }) }
  const start = { type: 'backup.prune', input, trigger: 'system', context: { startedBy: run.runId } } as const
  const delayOf = (tenantId: TenantId) => Math.floor(jitterPlace(run.runId, tenantId) * spreadMs)
  const tenants = await inWorkspace(db, ctx, (tx) => tenantsWithBackups(tx, ctx))
  let created = 0
  for (let from = 0; from < tenants.length; from += prunedAtOnce) {
    run.signal.throwIfAborted()
    const some = tenants.slice(from, from + prunedAtOnce)
    created += await inWorkspace(db, ctx, async (tx) => {
      await run.assertFence(tx)
      const started = await ensureRuns(tx, ctx, start, some, delayOf)
      const now = [...started.values()].filter(({ disposition }) => disposition === 'created').length
      await run.items.recordIn(tx, [startedItem(run, { total: from + some.length, created: created + now })])
      return now
    })
    wakeWorkers(db)
  }
}

function startedItem({ attempt }: Run, { total, created }: { total: number; created: number }): RunItem {
  const counts = { total, processed: total, succeeded: created, failed: 0, skipped: total - created, created }
  return { key: `backups ${attempt}`, label: 'Backup pruning started', outcome: 'succeeded', counts }
}
