import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
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
 * Writes down an act, in the transaction of the act: both happen or neither. The end of a run is not written here: the
 * run's terminal transaction does it.
 */
export async function recordAudit(tx: Tx, ctx: WorkspaceContext | TenantContext, entry: AuditEntry): Promise<void> {
  const { actor } = ctx
  await tx
    .insertInto('audit_entries')
    .values({
      workspace_id: ctx.workspaceId,
      id: newId(),
      tenant_id: 'tenantId' in ctx ? ctx.tenantId : null,
      actor_kind: actor.kind,
      actor_id: actor.kind === 'user' ? actor.userId : null,
      actor_name: actor.name,
      action: entry.action,
      subject_kind: entry.subject.kind,
      subject_id: entry.subject.id,
      run_id: entry.runId ?? null,
      outcome: entry.outcome,
      before_hash: entry.beforeHash ?? null,
      after_hash: entry.afterHash ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}
