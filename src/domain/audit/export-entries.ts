import { oldestEntries, type EntryQuery } from '#domain/audit/entries.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** An entry with everything its hash is made of, so that whoever has the export can compute it again (docs/audit.md). */
export interface ExportedEntry {
  readonly seq: number
  /** Lower-case hexadecimal, as all hashes here. */
  readonly previousHash: string
  readonly hash: string
  readonly workspaceId: string
  readonly id: string
  /** In UTC, to the microsecond. */
  readonly at: string
  readonly tenantId: string | null
  readonly actorKind: string
  readonly actorId: string | null
  readonly actorName: string
  readonly action: string
  readonly subjectKind: string
  readonly subjectId: string
  readonly runId: string | null
  readonly outcome: string
  readonly beforeHash: string | null
  readonly afterHash: string | null
  readonly requestId: string | null
  readonly detail: unknown
  /** The same as text, exactly as it is hashed. */
  readonly detailText: string
}

/** So many entries that are like `query` after a place of the chain, the oldest first. */
export async function exportPage(
  db: Database,
  ctx: WorkspaceContext,
  page: { readonly query: EntryQuery; readonly after: number; readonly limit: number },
): Promise<ExportedEntry[]> {
  const rows = await inWorkspace(db, ctx, (tx) => oldestEntries(tx, ctx, page))
  return rows.map(exported)
}

function exported(row: Awaited<ReturnType<typeof oldestEntries>>[number]): ExportedEntry {
  return {
    seq: row.seq,
    previousHash: row.previous_hash.toString('hex'),
    hash: row.hash.toString('hex'),
    workspaceId: row.workspace_id,
    id: row.id,
    at: row.at_text,
    tenantId: row.tenant_id,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: row.actor_name,
    action: row.action,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    runId: row.run_id,
    outcome: row.outcome,
    beforeHash: row.before_hash?.toString('hex') ?? null,
    afterHash: row.after_hash?.toString('hex') ?? null,
    requestId: row.request_id,
    detail: row.detail,
    detailText: row.detail_text,
  }
}
