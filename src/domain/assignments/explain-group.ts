/** What reaches a group: every policy that names it, as target or as exclusion, and what reaches everybody. */
import { sql } from 'kysely'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { readReferences, viewAssignment } from '#domain/assignments/assignment-view.ts'
import type { AssignmentView } from '#domain/assignments/assignment-view.ts'
import { readPlace, writePlace, type AssignmentPlace } from '#domain/assignments/assignment-place.ts'
import { findGroup } from '#domain/inventory/find-group.ts'
import type { DirectoryGroup } from '#domain/inventory/find-group.ts'
import { freshnessOf, unassignableTypes } from '#domain/inventory/policy.ts'
import type { AssignmentsState, PolicyRef } from '#domain/inventory/policy.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { isPolicyType } from '#graph/contracts/contract.ts'

export interface PolicyOfGroup extends AssignmentView {
  readonly policy: PolicyRef
  readonly state: AssignmentsState
}

export interface GroupExplanation {
  readonly group: DirectoryGroup
  readonly includedBy: readonly PolicyOfGroup[]
  /** An exclusion wins: these do not reach its members, whatever else they include. */
  readonly excludedBy: readonly PolicyOfGroup[]
  /** Policies that reach its members because they reach everybody. */
  readonly everybody: { readonly allUsers: number; readonly allDevices: number }
  /** Policies that may name the group without anybody knowing: their assignments were never read. */
  readonly unread: number
  /** Give it as `cursor` to get the next policies; null at the end. */
  readonly nextCursor: string | null
}

interface GroupQuestion {
  /** Its id or its name. */
  readonly group: string
  /** How many policies that name it; all when absent. */
  readonly limit?: number
  readonly cursor?: string | undefined
}

/** @throws Failure `not_found`, `ambiguous`, `invalid_input` for a cursor that no page gave */
export async function explainGroup(
  db: Database,
  ctx: TenantContext,
  { group: text, limit, cursor }: GroupQuestion,
): Promise<GroupExplanation> {
  const after = cursor === undefined ? null : readPlace(cursor)
  const group = await findGroup(db, ctx, text)
  return inWorkspace(db, ctx, async (tx) => {
    const { policies, nextCursor } = await policiesNaming(tx, ctx, { groupId: group.groupId, limit, after })
    const isExclusion = ({ assignment }: PolicyOfGroup) => assignment.target.kind === 'exclusion'
    return {
      group,
      includedBy: policies.filter((policy) => !isExclusion(policy)),
      excludedBy: policies.filter(isExclusion),
      ...(await wholeTenant(tx, ctx)),
      nextCursor,
    }
  })
}

interface NamingRow {
  id: string
  type: string
  graph_id: string
  name: string
  assignments_observed_at: Date | null
  assignments_stale: boolean
  assignments_problem: string | null
  assignment: Assignment
  ordinal: string
  sort_name: string
}

async function policiesNaming(
  tx: Tx,
  ctx: TenantContext,
  page: { readonly groupId: string; readonly limit: number | undefined; readonly after: AssignmentPlace | null },
): Promise<{ readonly policies: readonly PolicyOfGroup[]; readonly nextCursor: string | null }> {
  const { groupId, limit, after } = page
  const { rows: found } = await sql<NamingRow>`
    select p.id, p.type, p.graph_id, p.name, p.assignments_observed_at, p.assignments_stale, p.assignments_problem,
      one.assignment, one.ordinal, lower(p.name) as sort_name
    from policies p cross join jsonb_array_elements(p.assignments) with ordinality as one (assignment, ordinal)
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
      and one.assignment -> 'target' ->> 'groupId' = ${groupId}
      and ${after === null ? sql`true` : sql`(lower(p.name), p.id, one.ordinal) > (${after.name}, ${after.policyId}::uuid, ${after.ordinal}::bigint)`}
    order by lower(p.name), p.id, one.ordinal
    limit ${limit === undefined ? null : limit + 1}
  `.execute(tx)
  const rows = found.slice(0, limit)
  const last = found.length > rows.length ? rows.at(-1) : undefined
  return {
    policies: await viewsOf(tx, ctx, rows),
    nextCursor: last === undefined ? null : writePlace(placeOf(last)),
  }
}

function placeOf({ sort_name: name, id: policyId, ordinal }: NamingRow): AssignmentPlace {
  return { name, policyId, ordinal: Number(ordinal), part: '' }
}

async function viewsOf(tx: Tx, ctx: TenantContext, rows: readonly NamingRow[]): Promise<PolicyOfGroup[]> {
  const references = await readReferences(
    tx,
    ctx,
    rows.map((row) => row.assignment),
  )
  return rows.flatMap((row) => {
    const { id, type, graph_id: graphId, name } = row
    if (!isPolicyType(type)) return []
    const policy: PolicyRef = { id: asId(id), type, graphId, name, missingSince: null }
    return [{ ...viewAssignment(row.assignment, references), policy, state: freshnessOf(row).state }]
  })
}

async function wholeTenant(tx: Tx, ctx: TenantContext): Promise<Pick<GroupExplanation, 'everybody' | 'unread'>> {
  const { rows } = await sql<{ all_users: number; all_devices: number; unread: number }>`
    select
      count(*) filter (where p.assignments @> '[{"target": {"kind": "allUsers"}}]')::int as all_users,
      count(*) filter (where p.assignments @> '[{"target": {"kind": "allDevices"}}]')::int as all_devices,
      count(*) filter (where p.assignments is null and p.type <> all (${unassignableTypes}::text[]))::int as unread
    from policies p
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
  `.execute(tx)
  const { all_users = 0, all_devices = 0, unread = 0 } = rows[0] ?? {}
  return { everybody: { allUsers: all_users, allDevices: all_devices }, unread }
}
