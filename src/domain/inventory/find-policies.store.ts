/** Policies by what people and other slices know of them. */
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { PolicyRef } from '#domain/inventory/policy.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import { isPolicyType } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

interface RefRow {
  id: string
  type: string
  graph_id: string
  name: string
  missing_since: Date | null
}

export async function policiesById(tx: Tx, ctx: TenantContext, ids: readonly PolicyId[]): Promise<PolicyRef[]> {
  return refsWhere(tx, ctx, sql`p.id = any (${ids}::uuid[])`)
}

export async function policiesByGraphId(tx: Tx, ctx: TenantContext, graphId: string): Promise<PolicyRef[]> {
  return refsWhere(tx, ctx, sql`p.graph_id = ${graphId}`)
}

/** By name, whatever its case. */
export async function policiesByName(tx: Tx, ctx: TenantContext, name: string): Promise<PolicyRef[]> {
  return refsWhere(tx, ctx, sql`lower(p.name) = lower(${name})`)
}

/** Distinct names of the policies that are there, for suggestions. */
export async function policyNames(
  tx: Tx,
  ctx: TenantContext,
  types: readonly PolicyType[] | undefined,
): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct p.name from policies p
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
      and ${types === undefined ? sql`true` : sql`p.type = any (${types}::text[])`}
  `.execute(tx)
  return rows.map((row) => row.name)
}

async function refsWhere(tx: Tx, ctx: TenantContext, condition: RawBuilder<unknown>): Promise<PolicyRef[]> {
  const { rows } = await sql<RefRow>`
    select p.id, p.type, p.graph_id, p.name, p.missing_since from policies p
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and ${condition}
    order by p.missing_since nulls first, p.type, p.graph_id
  `.execute(tx)
  return rows.flatMap(toRef)
}

/** Rows of a type that only a newer version knows are not shown. */
function toRef(row: RefRow): PolicyRef[] {
  if (!isPolicyType(row.type)) return []
  return [{ id: asId(row.id), type: row.type, graphId: row.graph_id, name: row.name, missingSince: row.missing_since }]
}
