import { sql } from 'kysely'
import { unassignableTypes } from '#domain/inventory/policy.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { isPolicyType, policyTypes } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface PolicyTypeCounts {
  readonly type: PolicyType
  /** Policies that are there; assigned + unassigned + unread, where the type can be assigned at all. */
  readonly total: number
  readonly assigned: number
  readonly unassigned: number
  /** Never read. */
  readonly unread: number
  /** Of the assigned and unassigned: those whose latest read failed. */
  readonly stale: number
  readonly missing: number
}

/** Counts per policy type, in the order of the registry; types without a policy are left out. */
export async function countPolicies(db: Database, ctx: TenantContext): Promise<PolicyTypeCounts[]> {
  const { rows } = await inWorkspace(db, ctx, (tx) =>
    sql<Omit<PolicyTypeCounts, 'type'> & { type: string }>`
      select type,
        count(*) filter (where missing_since is null)::int as total,
        count(*) filter (where missing_since is null and jsonb_array_length(assignments) > 0)::int as assigned,
        count(*) filter (where missing_since is null and jsonb_array_length(assignments) = 0)::int as unassigned,
        count(*) filter (where missing_since is null and assignments is null
          and type <> all (${unassignableTypes}::text[]))::int as unread,
        count(*) filter (where missing_since is null and assignments is not null and assignments_stale)::int as stale,
        count(*) filter (where missing_since is not null)::int as missing
      from policies
      where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId}
      group by type
    `.execute(tx),
  )
  const counted = rows.flatMap(({ type, ...counts }) => (isPolicyType(type) ? [{ type, ...counts }] : []))
  return counted.toSorted((a, b) => policyTypes.indexOf(a.type) - policyTypes.indexOf(b.type))
}
