/** What assignments refer to: groups, filters, scope tags. Bulk statements, each naming workspace and tenant. */
import { sql } from 'kysely'
import { inScope } from '#domain/inventory/reference-scope.ts'
import type { ReferenceScope } from '#domain/inventory/reference-scope.ts'
import { storableText } from '#domain/inventory/storable-text.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { FilterRow, GroupRead, ScopeTagRow } from '#graph/client/graph-client.ts'
import { virtualGroups } from '#graph/contracts/contract.ts'

/** The groups that stored assignments name, each once; "all users" and "all devices" are not in the directory. */
export async function referencedGroupIds(tx: Tx, ctx: TenantContext, scope: ReferenceScope): Promise<string[]> {
  const { rows } = await sql<{ group_id: string }>`
    select distinct assignment -> 'target' ->> 'groupId' as group_id
    from policies p cross join jsonb_array_elements(p.assignments) as assignment
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
      and assignment -> 'target' ->> 'groupId' is not null
      and assignment -> 'target' ->> 'groupId' <> all (${Object.values(virtualGroups)}::text[])
      and ${inScope(scope)}
    order by 1
  `.execute(tx)
  return rows.map((row) => row.group_id)
}

/** Stores what the directory said of some groups; those it did not answer for stay as they are. */
export async function storeGroups(tx: Tx, ctx: TenantContext, reads: readonly GroupRead[]): Promise<void> {
  const answered = reads.filter((read) => read.state !== 'unread').map(toGroupRecord)
  await sql`
    insert into directory_groups as g
      (workspace_id, tenant_id, group_id, name, kind, membership_rule, observed_at, missing_since)
    select ${ctx.workspaceId}, ${ctx.tenantId}, i.group_id, i.name, i.kind, i.membership_rule, clock_timestamp(),
      case when i.is_missing then clock_timestamp() end
    from jsonb_to_recordset(${JSON.stringify(answered)}::jsonb)
      as i (group_id uuid, name text, kind text, membership_rule text, is_missing boolean)
    order by i.group_id
    on conflict (workspace_id, tenant_id, group_id) do update set
      -- A deleted group keeps the name people knew it by.
      name = coalesce(excluded.name, g.name),
      kind = coalesce(excluded.kind, g.kind),
      membership_rule = case when excluded.missing_since is null then excluded.membership_rule else g.membership_rule end,
      observed_at = excluded.observed_at,
      missing_since = case when excluded.missing_since is null then null else coalesce(g.missing_since, excluded.missing_since) end
  `.execute(tx)
}

function toGroupRecord(read: Exclude<GroupRead, { state: 'unread' }>): Record<string, unknown> {
  if (read.state === 'missing') return { group_id: read.id, is_missing: true }
  return {
    group_id: read.id,
    name: storableText(read.name),
    kind: read.kind,
    membership_rule: read.membershipRule === null ? null : storableText(read.membershipRule),
    is_missing: false,
  }
}

/** Stores filters as observed. */
export async function storeFilters(tx: Tx, ctx: TenantContext, filters: readonly FilterRow[]): Promise<void> {
  const records = filters.map(({ id, name, platform, rule, managementType }) => ({
    filter_id: id.toLowerCase(),
    name: storableText(name),
    platform,
    rule: rule === null ? null : storableText(rule),
    management_type: managementType,
  }))
  await sql`
    insert into assignment_filters
      (workspace_id, tenant_id, filter_id, name, platform, rule, management_type, observed_at)
    select ${ctx.workspaceId}, ${ctx.tenantId}, i.filter_id, i.name, i.platform, i.rule, i.management_type, clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
      as i (filter_id uuid, name text, platform text, rule text, management_type text)
    order by i.filter_id
    on conflict (workspace_id, tenant_id, filter_id) do update set
      name = excluded.name, platform = excluded.platform, rule = excluded.rule,
      management_type = excluded.management_type, observed_at = excluded.observed_at, missing_since = null
  `.execute(tx)
}

/** After a complete read begun at `since`: filters it did not show are missing, also those only assignments name. */
export async function markMissingFilters(tx: Tx, ctx: TenantContext, since: string): Promise<void> {
  await sql`
    update assignment_filters set missing_since = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId}
      and missing_since is null and observed_at < ${since}::timestamptz
  `.execute(tx)
  await sql`
    insert into assignment_filters (workspace_id, tenant_id, filter_id, observed_at, missing_since)
    select ${ctx.workspaceId}, ${ctx.tenantId}, named.filter_id, clock_timestamp(), clock_timestamp()
    from (
      select distinct (assignment -> 'filter' ->> 'id')::uuid as filter_id
      from policies p cross join jsonb_array_elements(p.assignments) as assignment
      where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId} and p.missing_since is null
        and assignment -> 'filter' ->> 'id' is not null
    ) named
    on conflict (workspace_id, tenant_id, filter_id) do nothing
  `.execute(tx)
}

/** Stores scope tags as observed. */
export async function storeScopeTags(tx: Tx, ctx: TenantContext, tags: readonly ScopeTagRow[]): Promise<void> {
  const records = tags.map(({ id, name, description }) => ({
    scope_tag_id: id,
    name: storableText(name),
    description: description === null ? null : storableText(description),
  }))
  await sql`
    insert into scope_tags (workspace_id, tenant_id, scope_tag_id, name, description, observed_at)
    select ${ctx.workspaceId}, ${ctx.tenantId}, i.scope_tag_id, i.name, i.description, clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as i (scope_tag_id text, name text, description text)
    order by i.scope_tag_id
    on conflict (workspace_id, tenant_id, scope_tag_id) do update set
      name = excluded.name, description = excluded.description, observed_at = excluded.observed_at, missing_since = null
  `.execute(tx)
}

/** After a complete read begun at `since`: scope tags it did not show are missing. */
export async function markMissingScopeTags(tx: Tx, ctx: TenantContext, since: string): Promise<void> {
  await sql`
    update scope_tags set missing_since = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId}
      and missing_since is null and observed_at < ${since}::timestamptz
  `.execute(tx)
}
