import { newestEntries, type EntryQuery } from '#domain/audit/entries.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, type RunId, type TenantRef } from '#foundation/kernel/ids.ts'

export type { EntryQuery } from '#domain/audit/entries.store.ts'

export type ActorKind = 'user' | 'system' | 'api_key' | 'operator'

export interface AuditEntryView {
  /** Its place in the chain: grows by one from entry to entry. */
  readonly seq: number
  readonly id: string
  readonly at: Date
  readonly actor: { readonly kind: ActorKind; readonly id: string | null; readonly name: string }
  readonly action: string
  readonly subject: { readonly kind: string; readonly id: string }
  readonly outcome: string
  readonly tenant: { readonly id: TenantRef; readonly name: string } | null
  readonly runId: RunId | null
  readonly requestId: string | null
  /** SHA-256 of the subject before and after, lower-case hexadecimal. */
  readonly beforeHash: string | null
  readonly afterHash: string | null
  readonly detail: unknown
  /** Of the entry in its chain, lower-case hexadecimal. */
  readonly hash: string
}

export interface EntryPage {
  readonly items: readonly AuditEntryView[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

export interface EntryListOptions extends EntryQuery {
  readonly cursor?: string
  /** Default 50. */
  readonly limit?: number
}

/**
 * What was done in the workspace, the newest first.
 * @throws Failure `invalid_input` for a cursor that no page gave
 */
export async function listEntries(
  db: Database,
  ctx: WorkspaceContext,
  { cursor, limit = 50, ...query }: EntryListOptions = {},
): Promise<EntryPage> {
  const before = cursor === undefined ? null : readCursor(cursor)
  const page = { query, before, limit: limit + 1 }
  const rows = await inWorkspace(db, ctx, (tx) => newestEntries(tx, ctx, page))
  const items = rows.slice(0, limit).map(viewOf)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? String(last.seq) : null }
}

function viewOf(row: Awaited<ReturnType<typeof newestEntries>>[number]): AuditEntryView {
  const { tenant_external_id: tenantRef, tenant_name: tenantName } = row
  return {
    seq: row.seq,
    id: row.id,
    at: row.at,
    // A check constraint keeps the kinds.
    actor: { kind: row.actor_kind as ActorKind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id },
    outcome: row.outcome,
    tenant: tenantRef === null || tenantName === null ? null : { id: asId(tenantRef), name: tenantName },
    runId: row.run_id === null ? null : asId(row.run_id),
    requestId: row.request_id,
    beforeHash: row.before_hash?.toString('hex') ?? null,
    afterHash: row.after_hash?.toString('hex') ?? null,
    detail: row.detail,
    hash: row.hash.toString('hex'),
  }
}

function readCursor(cursor: string): number {
  const seq = /^\d{1,15}$/.test(cursor) ? Number(cursor) : 0
  if (seq > 0) return seq
  throw new Failure('invalid_input', 'The cursor is not one that a page of this list gave.')
}
