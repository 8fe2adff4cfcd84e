import type { TenantDocument } from '#contract/api/tenants.ts'
import { badgeOf } from '#contract/badges.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantColumns: readonly Column<TenantDocument>[] = [
  { key: 'name', header: 'TENANT', cell: (tenant) => tenant.name },
  {
    key: 'policies',
    header: 'POLICIES',
    align: 'right',
    cell: (tenant) => count(tenant.policies),
    csv: (tenant) => String(tenant.policies),
  },
  {
    key: 'lastSyncAt',
    header: 'LAST SYNC',
    cell: (tenant) => ago(tenant.lastSyncAt),
    csv: (tenant) => tenant.lastSyncAt ?? '',
  },
  {
    key: 'lastBackupAt',
    header: 'LAST BACKUP',
    cell: (tenant) => ago(tenant.lastBackupAt),
    csv: (tenant) => tenant.lastBackupAt ?? '',
  },
  {
    key: 'health',
    header: 'HEALTH',
    keepsWidth: true,
    cell: (tenant) => badgeOf('tenantHealth', tenant.health),
    csv: (tenant) => tenant.health,
  },
  {
    key: 'activeRuns',
    header: 'ACTIVE',
    align: 'right',
    cell: (tenant) => count(tenant.activeRuns),
    csv: (tenant) => String(tenant.activeRuns),
  },
  { key: 'id', header: 'ID', isId: true, cell: (tenant) => tenant.id },
]

export const tenantList: Command<{ archived?: true }> = async (cli, _args, { archived }) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.tenants.list({ ...at, ...(archived && { archived: 'true' as const }) })
  await cli.printer.list({
    items,
    columns: tenantColumns,
    empty: archived
      ? 'No tenant is archived.'
      : 'No tenant yet. Add one with `tenantatlas tenant add <name> --entra-id <id>`.',
  })
}
