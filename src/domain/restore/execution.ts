/** What the execution of one restore run works with, and how an item of it ends. */
import { recordAudit } from '#domain/audit/record-audit.ts'
import type { RunHandle } from '#domain/operations/operation.ts'
import { runItemOf } from '#domain/restore/item-result.ts'
import type { RestoreFailpoint } from '#domain/restore/restore-failpoints.ts'
import { itemKey } from '#domain/restore/restore-run.ts'
import type { RestoreTiming } from '#domain/restore/restore-timing.ts'
import { sendsOf, settle } from '#domain/restore/write-ledger.store.ts'
import type { ItemEnd, OpenItem } from '#domain/restore/write-ledger.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { metrics } from '#foundation/observability/metrics.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { reasons } from '#foundation/kernel/reasons.ts'
import type { Clock } from '#graph/client/clock.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'

export interface Execution {
  readonly db: Database
  readonly ctx: TenantContext
  readonly run: RunHandle<unknown>
  readonly graph: GraphClient
  readonly clock: Clock
  readonly timing: RestoreTiming
  /** Aborted by everything that stops the run but a cancel: that lets the current item finish. */
  readonly signal: AbortSignal
}

/** Passes, or ends the process where a test wants it to end. */
export function pass(name: RestoreFailpoint): void {
  failpoint(name)
}

/** One transaction under the claim of the run: a stale worker changes nothing. */
export async function fenced<T>({ db, ctx, run }: Execution, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(db, ctx, async (tx) => {
    await run.assertFence(tx)
    return work(tx)
  })
}

/** Item, item ledger and, when something was sent, the audit entry: all three or none. */
export async function endItem(execution: Execution, item: OpenItem, end: ItemEnd): Promise<void> {
  const { ctx, run } = execution
  pass('restore.settling')
  await fenced(execution, async (tx) => {
    await settle(tx, ctx, item.id, end)
    await run.items.recordIn(tx, [runItemOf(item, end)])
    const sends = await sendsOf(tx, ctx, item.id)
    if (sends.length > 0) await auditWrite(tx, execution, { item, end, sends: sends.length })
  })
  if (end.state === 'conflict') metrics().writeConflict()
  pass('restore.settled')
}

async function auditWrite(
  tx: Tx,
  { ctx, run }: Execution,
  { item, end, sends }: { readonly item: OpenItem; readonly end: ItemEnd; readonly sends: number },
): Promise<void> {
  const afterHash = end.state === 'verified' ? item.desired.hash : end.foundHash
  const before = item.before?.hash ?? item.previewHash
  await recordAudit(tx, ctx, {
    action: 'assignments.write',
    subject: { kind: 'policy', id: itemKey(item) },
    outcome: end.state,
    runId: run.runId,
    beforeHash: Buffer.from(before, 'hex'),
    ...(afterHash === undefined ? {} : { afterHash: Buffer.from(afterHash, 'hex') }),
    detail: { restoreRunId: item.restoreRunId, name: item.name, sends, written: end.written },
  })
}

/** Whether the worker tries again by itself after this. */
export function isTriedAgain(error: unknown): boolean {
  return !(error instanceof Failure) || reasons[error.reason].retry === 'later'
}
