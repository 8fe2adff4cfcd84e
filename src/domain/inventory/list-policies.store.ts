import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { PolicyFilter, PolicySort, PolicyState, PolicySummary } from '#domain/inventory/list-policies.ts'
import { freshnessOf, unassignableTypes } from '#domain/inventory/policy.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

/** Where a page ended: the sort key as text, and the id among equal keys. */
export interface PolicyCursor {
  readonly key: string
  readonly id: string
}

interface PolicyRow {
  id: string
  type: PolicyType
  graph_id: string
  name: string
  description: string | null
  scope_tag_ids: string[]
  modified_at: Date | null
  observed_at: Date
  missing_since: Date | null
  assignments_count: number | null
  assignments_observed_at: Date | null
  assignments_stale: boolean
  assignments_problem: string | null
  sort_key: string
}

/** Policies that pass the filter, in order, from the cursor on. */
export async function policyPage(
  tx: Tx,
  ctx: TenantContext,
  page: {
    readonly filter: PolicyFilter
    readonly sort: PolicySort
    readonly after: PolicyCursor | null
    readonly limit: number
  },
): Promise<{ readonly policy: PolicySummary; readonly cursor: PolicyCursor }[]> {
  const { key, direction, beyond } = sorting[page.sort]
  const { rows } = await sql<PolicyRow>`
    select p.id, p.type, p.graph_id, p.name, p.description, p.scope_tag_ids, p.modified_at, p.observed_at,
      p.missing_since, jsonb_array_length(p.assignments) as assignments_count, p.assignments_observed_at,
      p.assignments_stale, p.assignments_problem, (${key})::text as sort_key
    from policies p
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and ${passes(page.filter)}
      and ${page.after === null ? sql`true` : beyond(page.after)}
    order by ${key} ${direction}, p.id ${direction}
    limit ${page.limit}
  `.execute(tx)
  return rows.map((row) => ({ policy: toSummary(row), cursor: { key: row.sort_key, id: row.id } }))
}

interface Sorting {
  readonly key: RawBuilder<unknown>
  readonly direction: RawBuilder<unknown>
  readonly beyond: (after: PolicyCursor) => RawBuilder<unknown>
}

// A policy without a date of change comes last.
const modified = sql`coalesce(p.modified_at, '-infinity'::timestamptz)`

const sorting: Record<PolicySort, Sorting> = {
  name: {
    key: sql`lower(p.name)`,
    direction: sql`asc`,
    beyond: ({ key, id }) => sql`(lower(p.name), p.id) > (${key}, ${id}::uuid)`,
  },
  modified: {
    key: modified,
    direction: sql`desc`,
    beyond: ({ key, id }) => sql`(${modified}, p.id) < (${key}::timestamptz, ${id}::uuid)`,
  },
  observed: {
    key: sql`p.observed_at`,
    direction: sql`desc`,
    beyond: ({ key, id }) => sql`(p.observed_at, p.id) < (${key}::timestamptz, ${id}::uuid)`,
  },
}

/** The condition of a filter on `policies p`. */
export function passes({
  types,
  search,
  name,
  graphId,
  state = 'present',
  groupId,
}: PolicyFilter): RawBuilder<unknown> {
  return sql.join(
    [
      // Rows of a type that only a newer version knows are not shown.
      sql`p.type = any (${types ?? policyTypes}::text[])`,
      stateConditions[state],
      ...(search === undefined ? [] : [sql`position(lower(${search}) in lower(p.name)) > 0`]),
      ...(name === undefined ? [] : [sql`lower(p.name) = lower(${name})`]),
      ...(graphId === undefined ? [] : [sql`p.graph_id = ${graphId}`]),
      ...(groupId === undefined ? [] : [namesGroup(groupId)]),
    ],
    sql` and `,
  )
}

const stateConditions: Record<PolicyState, RawBuilder<unknown>> = {
  all: sql`true`,
  present: sql`p.missing_since is null`,
  missing: sql`p.missing_since is not null`,
  assigned: sql`p.missing_since is null and jsonb_array_length(p.assignments) > 0`,
  unassigned: sql`p.missing_since is null and jsonb_array_length(p.assignments) = 0`,
  stale: sql`p.missing_since is null and p.assignments is not null and p.assignments_stale`,
  unread: sql`p.missing_since is null and p.assignments is null and p.type <> all (${unassignableTypes}::text[])`,
}

function namesGroup(groupId: string): RawBuilder<unknown> {
  return sql`p.assignments @> ${JSON.stringify([{ target: { groupId: groupId.toLowerCase() } }])}::jsonb`
}

function toSummary(row: PolicyRow): PolicySummary {
  return {
    id: asId(row.id),
    type: row.type,
    graphId: row.graph_id,
    name: row.name,
    missingSince: row.missing_since,
    description: row.description,
    scopeTagIds: row.scope_tag_ids,
    modifiedAt: row.modified_at,
    observedAt: row.observed_at,
    assignments: { ...freshnessOf(row), count: row.assignments_count },
  }
}
