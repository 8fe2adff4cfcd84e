import { sql } from 'kysely'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { namesFrom, readReferences, type References } from '#domain/assignments/assignment-view.ts'
import { readPlace, writePlace, type AssignmentPlace } from '#domain/assignments/assignment-place.ts'
import { describeAssignment } from '#domain/assignments/describe-assignment.ts'
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
  /** In words, with names. */
  readonly words: string
  readonly lost: {
    readonly kind: 'group' | 'filter'
    readonly id: string
    readonly name: string | null
    readonly since: Date
  }
}

export interface OrphanPage {
  readonly items: readonly Orphan[]
  /** Give it as `cursor` to get the next page; null at the end. */
  readonly nextCursor: string | null
}

interface OrphanRow {
  policy_id: string
  type: string
  graph_id: string
  policy_name: string
  assignment: Assignment
  ordinal: string
  sort_name: string
  lost_kind: 'group' | 'filter'
  lost_id: string
  lost_name: string | null
  lost_since: Date
}

/**
 * Assignments to deleted groups and through deleted filters, as last observed, by policy name. Only what the directory
 * said it does not have counts: a group that could not be asked for is not an orphan.
 * @throws Failure `invalid_input` for a cursor that no page gave
 */
export async function listOrphans(
  db: Database,
  ctx: TenantContext,
  { limit = 1_000, cursor }: { readonly limit?: number; readonly cursor?: string | undefined } = {},
): Promise<OrphanPage> {
  const after = cursor === undefined ? null : readPlace(cursor)
  return inWorkspace(db, ctx, async (tx) => {
    const { rows } = await sql<OrphanRow>`
      select p.id as policy_id, p.type, p.graph_id, p.name as policy_name, lower(p.name) as sort_name, one.assignment,
        one.ordinal, lost.*
      ${orphansFrom(ctx, { kind: 'all' })}
        and ${after === null ? sql`true` : sql`${place} > (${after.name}, ${after.policyId}::uuid, ${after.ordinal}::bigint, ${after.part})`}
      order by lower(p.name), p.id, one.ordinal, lost.lost_kind
      limit ${limit + 1}
    `.execute(tx)
    const page = rows.slice(0, limit)
    const references = await readReferences(
      tx,
      ctx,
      page.map(({ assignment }) => assignment),
    )
    const last = rows.length > limit ? page.at(-1) : undefined
    return {
      items: page.flatMap((row) => toOrphan(row, references)),
      nextCursor: last === undefined ? null : writePlace(placeOf(last)),
    }
  })
}

// An assignment loses at most its group and its filter, so this tells every orphan apart.
const place = sql`(lower(p.name), p.id, one.ordinal, lost.lost_kind)`

function placeOf({ sort_name: name, policy_id: policyId, ordinal, lost_kind: part }: OrphanRow): AssignmentPlace {
  return { name, policyId, ordinal: Number(ordinal), part }
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
    cross join jsonb_array_elements(p.assignments) with ordinality as one (assignment, ordinal)
    cross join lateral (
      select 'group' as lost_kind, g.group_id as lost_id, g.name as lost_name, g.missing_since as lost_since
      from directory_groups g
      where g.workspace_id = p.workspace_id and g.tenant_id = p.tenant_id and g.missing_since is not null
        and g.group_id = (one.assignment -> 'target' ->> 'groupId')::uuid
      union all
      select 'filter', f.filter_id, f.name, f.missing_since
      from assignment_filters f
      where f.workspace_id = p.workspace_id and f.tenant_id = p.tenant_id and f.missing_since is not null
        and f.filter_id = (one.assignment -> 'filter' ->> 'id')::uuid
    ) lost
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
      and ${inScope(scope)}`
}

function toOrphan(row: OrphanRow, references: References): Orphan[] {
  if (!isPolicyType(row.type)) return []
  const policy: PolicyRef = {
    id: asId<PolicyId>(row.policy_id),
    type: row.type,
    graphId: row.graph_id,
    name: row.policy_name,
    missingSince: null,
  }
  const lost = { kind: row.lost_kind, id: row.lost_id, name: row.lost_name, since: row.lost_since }
  const { assignment } = row
  return [{ policy, assignment, words: describeAssignment(assignment, namesFrom(references)), lost }]
}
