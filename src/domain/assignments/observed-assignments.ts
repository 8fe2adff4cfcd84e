/** The assignments of a policy as last observed, or that they never were. */
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { freshnessOf } from '#domain/inventory/policy.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { Policies } from '#foundation/db/schema.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import { isPolicyType } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface ObservedSet {
  readonly policy: PolicyRef
  readonly scopeTagIds: readonly string[]
  readonly freshness: AssignmentsFreshness
  /** Null: never read. Unread is not empty. */
  readonly assignments: readonly Assignment[] | null
  /** SHA-256 in hexadecimal; null when never read. */
  readonly hash: string | null
}

/** @throws Failure `not_found`, also for a policy of another tenant. */
export async function getObserved(tx: Tx, ctx: TenantContext, policyId: PolicyId): Promise<ObservedSet> {
  const row = await tx
    .selectFrom('policies')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('id', '=', policyId)
    .selectAll()
    .executeTakeFirst()
  const observed = row && observedSet(row)
  if (observed) return observed
  throw new Failure('not_found', `"${ctx.tenantName}" has no policy with the id ${policyId}.`)
}

/** Those of the named policies that were ever observed. */
export async function observedOf(
  tx: Tx,
  ctx: TenantContext,
  wanted: readonly { readonly type: PolicyType; readonly graphId: string }[],
): Promise<ObservedSet[]> {
  const types = wanted.map(({ type }) => type)
  const graphIds = wanted.map(({ graphId }) => graphId)
  const rows = await tx
    .selectFrom('policies')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where(sql<boolean>`(type, graph_id) in (select * from unnest(${types}::text[], ${graphIds}::text[]))`)
    .selectAll()
    .execute()
  return rows.flatMap((row) => observedSet(row) ?? [])
}

/** Undefined for a policy type of a newer version. */
function observedSet(row: Selectable<Policies>): ObservedSet | undefined {
  const { type } = row
  if (!isPolicyType(type)) return undefined
  return {
    policy: {
      id: asId(row.id),
      type,
      graphId: row.graph_id,
      name: row.name,
      missingSince: row.missing_since,
    },
    scopeTagIds: row.scope_tag_ids,
    freshness: freshnessOf(row),
    // Written by this slice only, in normal form.
    assignments: row.assignments as readonly Assignment[] | null,
    hash: row.assignments_hash?.toString('hex') ?? null,
  }
}

/** The set, or the refusal to take "never read" for "none". @throws Failure `incomplete_read` */
export function requireRead({ policy, assignments, freshness }: ObservedSet): readonly Assignment[] {
  if (assignments !== null) return assignments
  const why = freshness.problem === null ? 'fetch them first' : `the latest read failed (${freshness.problem})`
  throw new Failure('incomplete_read', `The assignments of "${policy.name}" were never read: ${why}.`)
}
