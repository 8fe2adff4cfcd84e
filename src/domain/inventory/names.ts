import type { KnownName, Names } from '#domain/assignments/names.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

/** What the tenant calls its groups, filters and scope tags, as last observed. */
export async function namesOf(db: Database, ctx: TenantContext): Promise<Names> {
  const [groups, filters, scopeTags] = await inWorkspace(db, ctx, async (tx) => [
    await namesIn(tx, ctx, 'directory_groups'),
    await namesIn(tx, ctx, 'assignment_filters'),
    await namesIn(tx, ctx, 'scope_tags'),
  ])
  return {
    group: (id) => groups?.get(id),
    filter: (id) => filters?.get(id),
    scopeTag: (id) => scopeTags?.get(id),
  }
}

const idColumns = {
  directory_groups: 'group_id',
  assignment_filters: 'filter_id',
  scope_tags: 'scope_tag_id',
} as const

async function namesIn(
  tx: Tx,
  ctx: TenantContext,
  table: keyof typeof idColumns,
): Promise<ReadonlyMap<string, KnownName>> {
  const rows = await tx
    .selectFrom(table)
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .select([`${idColumns[table]} as id`, 'name', 'missing_since'])
    .execute()
  return new Map(rows.map((row) => [row.id, { name: row.name, isDeleted: row.missing_since !== null }]))
}
