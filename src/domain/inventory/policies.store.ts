/** What is written about policies. Each statement names workspace and tenant; each is one statement for many rows. */
import { sql } from 'kysely'
import type { ObservedPolicy, Problem } from '#domain/inventory/observed-policy.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

/** The graph ids of the policies that are new or differ from what was stored. */
export interface Observation {
  readonly created: ReadonlySet<string>
  readonly changed: ReadonlySet<string>
}

/** The database's time as text, to the microsecond: what is observed from now on is observed after it. */
export async function databaseTime(tx: Tx): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp()::text as now`.execute(tx)
  return rows[0]?.now ?? ''
}

/**
 * Stores some policies of one type as just observed and says which are new or different. Assignments that were not
 * read leave the stored ones as they are, stale from now on. A policy that was missing is there again.
 */
export async function storeObserved(
  tx: Tx,
  ctx: TenantContext,
  { type, policies }: { readonly type: PolicyType; readonly policies: readonly ObservedPolicy[] },
): Promise<Observation> {
  // In the order of the unique key, so that two writers of one tenant wait for each other and cannot deadlock.
  const { rows } = await sql<{ graph_id: string; is_new: boolean; is_changed: boolean }>`
    with incoming as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(policies.map(toRecord))}::jsonb) as i (
        id uuid, graph_id text, name text, description text, odata_type text, scope_tag_ids text[],
        modified_at timestamptz, assignments jsonb, hash text, problem text
      )
    ), before as materialized (
      select p.graph_id,
        p.missing_since is not null
        or (p.name, p.description, p.odata_type, p.scope_tag_ids, p.modified_at)
          is distinct from (i.name, i.description, i.odata_type, i.scope_tag_ids, i.modified_at)
        or (i.hash is not null and p.assignments_hash is distinct from decode(i.hash, 'hex')) as is_changed
      from incoming i
      join policies p
        on p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.type = ${type}
        and p.graph_id = i.graph_id
    ), stored as (
      insert into policies as p (
        workspace_id, id, tenant_id, type, graph_id, name, description, odata_type, scope_tag_ids, modified_at,
        observed_at, assignments, assignments_hash, assignments_observed_at, assignments_stale, assignments_problem
      )
      select ${ctx.workspaceId}, i.id, ${ctx.tenantId}, ${type}, i.graph_id, i.name, i.description, i.odata_type,
        i.scope_tag_ids, i.modified_at, clock_timestamp(), i.assignments, decode(i.hash, 'hex'),
        case when i.hash is not null then clock_timestamp() end, i.problem is not null, i.problem
      from incoming i
      order by i.graph_id
      on conflict (workspace_id, tenant_id, type, graph_id) do update set
        name = excluded.name,
        description = excluded.description,
        odata_type = excluded.odata_type,
        scope_tag_ids = excluded.scope_tag_ids,
        modified_at = excluded.modified_at,
        observed_at = excluded.observed_at,
        missing_since = null,
        -- An equal set is not written again: the large value stays where it is.
        assignments = case
          when excluded.assignments_hash is null or excluded.assignments_hash = p.assignments_hash then p.assignments
          else excluded.assignments
        end,
        assignments_hash = coalesce(excluded.assignments_hash, p.assignments_hash),
        assignments_observed_at = coalesce(excluded.assignments_observed_at, p.assignments_observed_at),
        assignments_stale = excluded.assignments_stale,
        assignments_problem = excluded.assignments_problem
    )
    select i.graph_id, b.graph_id is null as is_new, coalesce(b.is_changed, false) as is_changed
    from incoming i left join before b on b.graph_id = i.graph_id
  `.execute(tx)
  return {
    created: new Set(rows.filter((row) => row.is_new).map((row) => row.graph_id)),
    changed: new Set(rows.filter((row) => row.is_changed).map((row) => row.graph_id)),
  }
}

function toRecord(policy: ObservedPolicy): Record<string, unknown> {
  const { assignments } = policy
  return {
    id: newId<PolicyId>(),
    graph_id: policy.graphId,
    name: policy.name,
    description: policy.description,
    odata_type: policy.odataType,
    scope_tag_ids: policy.scopeTagIds,
    modified_at: policy.modifiedAt,
    ...(assignments.state === 'read' ? { assignments: assignments.set.assignments, hash: assignments.set.hash } : {}),
    ...(assignments.state === 'unread' ? { problem: problemText(assignments.problem) } : {}),
  }
}

function problemText({ reason, message }: Problem): string {
  return `${reason}: ${message}`
}

/** The graph ids of a type's known policies that a read begun at `since` did not show. */
export async function unseenPolicies(
  tx: Tx,
  ctx: TenantContext,
  { type, since }: { readonly type: PolicyType; readonly since: string },
): Promise<string[]> {
  const rows = await tx
    .selectFrom('policies')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('type', '=', type)
    .where('missing_since', 'is', null)
    .where(sql<boolean>`observed_at < ${since}::timestamptz`)
    .select('graph_id')
    .orderBy('graph_id')
    .execute()
  return rows.map((row) => row.graph_id)
}

/** Marks policies that the tenant does not have any more; says how many are newly missing. */
export async function markMissing(
  tx: Tx,
  ctx: TenantContext,
  { type, graphIds }: { readonly type: PolicyType; readonly graphIds: readonly string[] },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update policies set missing_since = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and type = ${type}
      and missing_since is null and graph_id = any (${graphIds}::text[])
  `.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

export type UnreadPolicy = Pick<ObservedPolicy, 'graphId' | 'name'>

/**
 * Marks policies whose assignments could not be read: some by id, or all of a type that a read begun at `since` did not
 * reach. What is stored stays. Says which.
 */
export async function markUnread(
  tx: Tx,
  ctx: TenantContext,
  unread: {
    readonly type: PolicyType
    readonly problem: Problem
    readonly which: { readonly since: string } | { readonly graphIds: readonly string[] }
  },
): Promise<UnreadPolicy[]> {
  const which =
    'since' in unread.which
      ? sql`missing_since is null and observed_at < ${unread.which.since}::timestamptz`
      : sql`graph_id = any(${unread.which.graphIds}::text[])`
  const { rows } = await sql<{ graph_id: string; name: string }>`
    update policies set assignments_stale = true, assignments_problem = ${problemText(unread.problem)}
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and type = ${unread.type}
      and ${which}
    returning graph_id, name
  `.execute(tx)
  return rows.map((row) => ({ graphId: row.graph_id, name: row.name }))
}
