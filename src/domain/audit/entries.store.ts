import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId, TenantId, UserId } from '#foundation/kernel/ids.ts'

/** Which entries; what is absent does not matter. */
export interface EntryQuery {
  readonly actions?: readonly string[]
  /** Done by this person, or by whoever has this name, whatever its case. */
  readonly actor?: UserId | { readonly name: string }
  readonly subjectKind?: string
  readonly subjectId?: string
  readonly tenantId?: TenantId
  readonly runId?: RunId
  readonly outcomes?: readonly string[]
  /** At or after. */
  readonly since?: Date
  /** Before. */
  readonly until?: Date
}

/** Entries of the workspace that are like that. */
export function entriesLike(tx: Tx, { workspaceId }: WorkspaceContext, query: EntryQuery) {
  const { actions, actor, subjectKind, subjectId, tenantId, runId, outcomes, since, until } = query
  return tx
    .selectFrom('audit_entries as entry')
    .where('entry.workspace_id', '=', workspaceId)
    .$if(actions !== undefined, (q) => q.where('entry.action', 'in', actions ?? []))
    .$if(typeof actor === 'string', (q) => q.where('entry.actor_id', '=', actor as UserId))
    .$if(typeof actor === 'object', (q) =>
      q.where(sql`lower(entry.actor_name)`, '=', (actor as { name: string }).name.toLowerCase()),
    )
    .$if(subjectKind !== undefined, (q) => q.where('entry.subject_kind', '=', subjectKind ?? ''))
    .$if(subjectId !== undefined, (q) => q.where('entry.subject_id', '=', subjectId ?? ''))
    .$if(tenantId !== undefined, (q) => q.where('entry.tenant_id', '=', tenantId ?? null))
    .$if(runId !== undefined, (q) => q.where('entry.run_id', '=', runId ?? null))
    .$if(outcomes !== undefined, (q) => q.where('entry.outcome', 'in', outcomes ?? []))
    .$if(since !== undefined, (q) => q.where('entry.at', '>=', since ?? new Date(0)))
    .$if(until !== undefined, (q) => q.where('entry.at', '<', until ?? new Date(0)))
}

/** The newest first, before `before`. */
export function newestEntries(
  tx: Tx,
  ctx: WorkspaceContext,
  { query, before, limit }: { readonly query: EntryQuery; readonly before: number | null; readonly limit: number },
) {
  return entriesLike(tx, ctx, query)
    .leftJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'entry.workspace_id').onRef('tenant.id', '=', 'entry.tenant_id'),
    )
    .selectAll('entry')
    .select(['tenant.external_id as tenant_external_id', 'tenant.name as tenant_name'])
    .$if(before !== null, (q) => q.where('entry.seq', '<', before ?? 0))
    .orderBy('entry.seq', 'desc')
    .limit(limit)
    .execute()
}

/** The oldest first, after `after`, with the hash of the entry before each. */
export function oldestEntries(
  tx: Tx,
  ctx: WorkspaceContext,
  { query, after, limit }: { readonly query: EntryQuery; readonly after: number; readonly limit: number },
) {
  return entriesLike(tx, ctx, query)
    .innerJoin('audit_heads as head', 'head.workspace_id', 'entry.workspace_id')
    .leftJoin('audit_entries as previous', (join) =>
      join.onRef('previous.workspace_id', '=', 'entry.workspace_id').on(sql<boolean>`previous.seq = entry.seq - 1`),
    )
    .selectAll('entry')
    .select([
      sql<string>`to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('at_text'),
      sql<string>`entry.detail::text`.as('detail_text'),
      // The first one follows what retention removed.
      sql<Buffer>`coalesce(previous.hash, head.anchor_hash)`.as('previous_hash'),
    ])
    .where('entry.seq', '>', after)
    .orderBy('entry.seq')
    .limit(limit)
    .execute()
}
