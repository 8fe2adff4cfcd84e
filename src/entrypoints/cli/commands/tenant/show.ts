import { badgeOf } from '#contract/badges.ts'
import { showConnection } from '#domain/connections/show-connection.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { credentialColumns } from '#entrypoints/cli/commands/connection/credential-columns.ts'
import { connectionDocument } from '#entrypoints/documents/connection-document.ts'
import { tenantDocument } from '#entrypoints/documents/tenant-document.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantShow: Command = async (cli, [text]) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const ctx = await session.tenant(text)
  const overview = (await listTenants(db, ctx)).find(({ tenantRef }) => tenantRef === ctx.tenantRef)
  if (overview === undefined) return
  const connection = await showConnection(db, ctx)
  const tenant = tenantDocument(overview)
  const connected = connection && connectionDocument(connection)
  await cli.printer.detail({
    document: { ...tenant, connection: connected },
    facts: [
      ['Tenant', tenant.name],
      ['Id', tenant.id],
      ['Entra tenant id', tenant.entraTenantId],
      ['Health', badgeOf('tenantHealth', tenant.health)],
      ['Policies', count(tenant.policies)],
      ['Last sync', ago(tenant.lastSyncAt)],
      ['Last backup', ago(tenant.lastBackupAt)],
      ['Graph', connected?.graphUrl ?? 'not connected'],
    ],
    below: (printer) => printer.section('Credentials', credentialColumns, connected?.credentials ?? []),
  })
}
