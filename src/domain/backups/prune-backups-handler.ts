/**
 * `backup.prune`: removes the backup sets that no rule keeps, one transaction each, and then what only they held. Cut off
 * anywhere, the next attempt goes on: a set is there with all its items or not at all.
 */
import { recordAudit } from '#domain/audit/record-audit.ts'
import { planPrune, type PrunableSet } from '#domain/backups/plan-prune.ts'
import {
  deleteSet,
  isCapturing,
  prunableSets,
  sweepParts,
  sweepSnapshots,
  type SweepPage,
  type Swept,
} from '#domain/backups/prune.store.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'

type Input = InputOf<'backup.prune'>

const sweptAtOnce = 500

export function createPruneBackupsHandler({ db }: { readonly db: Database }): TenantRunHandler<Input> {
  return async (ctx, run) => {
    const { sets, now } = await inWorkspace(db, ctx, (tx) => prunableSets(tx, ctx))
    const plan = planPrune(sets, run.input, now)
    const leaving = plan.flatMap(({ set, keep }) => (keep === null ? [set] : []))
    let removed = 0
    for (const set of leaving) {
      run.signal.throwIfAborted()
      run.progress({ processed: removed, total: leaving.length, step: 'Removing backup sets' })
      if (await removeSet(db, ctx, { run, set })) removed += 1
    }
    await recordKept(run, sets.length - removed)
    // Also of an earlier attempt: what its sets held may still be there.
    const removedInAll = [...(await run.items.finished()).keys()].filter((key) => key !== keptKey).length
    const snapshots = removedInAll === 0 ? 0 : await sweep(db, ctx, run, sweepSnapshots)
    const parts = removedInAll === 0 ? 0 : await sweep(db, ctx, run, sweepParts)
    return { context: { removedSets: removedInAll, removedSnapshots: snapshots, removedParts: parts } }
  }
}

async function removeSet(
  db: Database,
  ctx: TenantContext,
  { run, set }: { readonly run: RunHandle<Input>; readonly set: PrunableSet },
): Promise<boolean> {
  return inWorkspace(db, ctx, async (tx) => {
    await run.assertFence(tx)
    if (!(await deleteSet(tx, ctx, set.id))) return false
    const createdAt = set.createdAt.toISOString()
    await recordAudit(tx, ctx, {
      action: 'backup.remove',
      subject: { kind: 'backup_set', id: set.id },
      outcome: 'succeeded',
      runId: run.runId,
      detail: { createdAt, state: set.state },
    })
    const label = `Backup of ${createdAt}`
    await run.items.recordIn(tx, [{ key: set.id, label, outcome: 'succeeded', counts: { removed: 1 } }])
    failpoint('backup_prune.set_removed')
    return true
  })
}

const keptKey = 'kept'

async function recordKept(run: RunHandle<Input>, kept: number): Promise<void> {
  const counts = { total: kept, processed: kept, succeeded: kept, failed: 0, skipped: 0, unchanged: kept }
  await run.items.record([{ key: keptKey, label: 'Sets that stay', outcome: 'succeeded', counts }])
}

type SweepOnePage = (tx: Tx, ctx: TenantContext, page: SweepPage) => Promise<Swept>

/**
 * Goes through what the tenant has, page by page; answers how much was removed. While a backup is captured nothing is: it
 * may be about to refer to what looks unused. The next pruning finds it.
 */
async function sweep(db: Database, ctx: TenantContext, run: RunHandle<Input>, onePage: SweepOnePage): Promise<number> {
  let removed = 0
  for (let after: Buffer | null = Buffer.alloc(0); after !== null;) {
    run.signal.throwIfAborted()
    const page: SweepPage = { after, limit: sweptAtOnce }
    const swept: Swept = await inWorkspace(db, ctx, async (tx) => {
      await run.assertFence(tx)
      return (await isCapturing(tx, ctx)) ? { after: null, removed: 0 } : onePage(tx, ctx, page)
    })
    removed += swept.removed
    after = swept.after
  }
  return removed
}
