import { sql } from 'kysely'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { PolicyRef } from '#domain/inventory/policy.ts'
import { inScope } from '#domain/inventory/reference-scope.ts'
import type { ReferenceScope } from '#domain/inventory/reference-scope.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import { isPolicyType } from '#graph/contracts/contract.ts'

/** An assignment that names a group or filter the tenant does not have any more. */
export interface Orphan {
  readonly policy: PolicyRef
  readonly assignment: Assignment
  readonly lost: {
    readonly kind: 'group' | 'filter'
    readonly id: string
    readonly name: string | null
    readonly since: Date
  }
}

interface OrphanRow {
  policy_id: string
  type: string
  graph_id: string
  policy_name: string
  assignment: Assignment
  lost_kind: 'group' | 'filter'
  lost_id: string
  lost_name: string | null
  lost_since: Date
}

/**
 * Assignments to deleted groups and through deleted filters, as last observed, by policy name. Only what the directory
 * said it does not have counts: a group that could not be asked for is not an orphan.
 */
export async function listOrphans(
  db: Database,
  ctx: TenantContext,
  { scope = { kind: 'all' }, limit = 1_000 }: { readonly scope?: ReferenceScope; readonly limit?: number } = {},
): Promise<Orphan[]> {
  const { rows } = await inWorkspace(db, ctx, (tx) =>
    sql<OrphanRow>`
      select p.id as policy_id, p.type, p.graph_id, p.name as policy_name, assignment, lost.*
      ${orphansFrom(ctx, scope)}
      order by lower(p.name), p.id, lost.lost_kind, lost.lost_id
      limit ${limit}
    `.execute(tx),
  )
  return rows.flatMap(toOrphan)
}

/** How many there are. */
export async function countOrphans(db: Database, ctx: TenantContext, scope: ReferenceScope): Promise<number> {
  const { rows } = await inWorkspace(db, ctx, (tx) =>
    sql<{ count: number }>`select count(*) as count ${orphansFrom(ctx, scope)}`.execute(tx),
  )
  return rows[0]?.count ?? 0
}

function orphansFrom(ctx: TenantContext, scope: ReferenceScope) {
  return sql`
    from policies p
    cross join jsonb_array_elements(p.assignments) as assignment
    cross join lateral (
      select 'group' as lost_kind, g.group_id as lost_id, g.name as lost_name, g.missing_since as lost_since
      from directory_groups g
      where g.workspace_id = p.workspace_id and g.tenant_id = p.tenant_id and g.missing_since is not null
        and g.group_id = (assignment -> 'target' ->> 'groupId')::uuid
      union all
      select 'filter', f.filter_id, f.name, f.missing_since
      from assignment_filters f
      where f.workspace_id = p.workspace_id and f.tenant_id = p.tenant_id and f.missing_since is not null
        and f.filter_id = (assignment -> 'filter' ->> 'id')::uuid
    ) lost
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
      and ${inScope(scope)}`
}

function toOrphan(row: OrphanRow): Orphan[] {
  if (!isPolicyType(row.type)) return []
  const policy: PolicyRef = {
    id: asId<PolicyId>(row.policy_id),
    type: row.type,
    graphId: row.graph_id,
    name: row.policy_name,
    missingSince: null,
  }
  const lost = { kind: row.lost_kind, id: row.lost_id, name: row.lost_name, since: row.lost_since }
  return [{ policy, assignment: row.assignment, lost }]
}
