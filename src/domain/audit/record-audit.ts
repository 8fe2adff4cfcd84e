import { appendEntry } from '#domain/audit/chain.store.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { beforeCommit } from '#foundation/db/transaction.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'

export interface AuditEntry {
  /** What was done, e.g. `tenant.add`. */
  readonly action: string
  readonly subject: { readonly kind: string; readonly id: string }
  readonly outcome: string
  readonly runId?: RunId
  /** SHA-256 of the subject before and after, for acts that change it. */
  readonly beforeHash?: Buffer
  readonly afterHash?: Buffer
  /** Ids, names of configuration, counts. Never a secret, never personal data. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/**
 * Writes down an act, in the transaction of the act: both happen or neither. It becomes the end of the workspace's chain
 * when the transaction is about to commit, because everybody who writes one waits for the head of the chain. The end of a
 * run is not written here: the run's terminal transaction does it.
 */
export async function recordAudit(tx: Tx, ctx: WorkspaceContext | TenantContext, entry: AuditEntry): Promise<void> {
  const id = newId()
  beforeCommit(tx, () => appendEntry(tx, ctx, { ...entry, id }))
}
