import type { OperationType } from '#domain/operations/catalog.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

/**
 * Domain records that operation runs mirror: the record is the truth of what was done, the run of how it was executed.
 * Each slice with such records gives one of these to the reconciliation.
 */
export interface AdapterRecords {
  /** For people: `restore`. */
  readonly noun: string
  /** The operation that executes them. */
  readonly type: OperationType
  /** Active runs of the workspace whose record is over, with the outcome the record stands for. */
  over(db: Database, ctx: WorkspaceContext): Promise<ReadonlyMap<RunId, Exclude<RunOutcome, 'pending' | 'blocked'>>>
  /** Writes the end into records that are active though their run has ended; the runs they belong to. */
  endWithTheirRuns(db: Database, ctx: WorkspaceContext): Promise<readonly RunId[]>
}
