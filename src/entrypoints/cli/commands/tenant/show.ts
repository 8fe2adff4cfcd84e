import { badgeOf } from '#contract/badges.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { connectionOf } from '#entrypoints/cli/commands/connection/connection-of.ts'
import { credentialColumns } from '#entrypoints/cli/commands/connection/credential-columns.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantShow: Command = async (cli, [text]) => {
  const { api, ...session } = await openSession(cli)
  const { at, ...tenant } = await session.tenant(text)
  const connection = await connectionOf(api, { ...tenant, at })
  await cli.printer.detail({
    document: { ...tenant, connection },
    facts: [
      ['Tenant', tenant.name],
      ['Id', tenant.id],
      ['Entra tenant id', tenant.entraTenantId],
      ['Health', badgeOf('tenantHealth', tenant.health)],
      ['Policies', count(tenant.policies)],
      ['Last sync', ago(tenant.lastSyncAt)],
      ['Last backup', ago(tenant.lastBackupAt)],
      ['Graph', connection?.graphUrl ?? 'not connected'],
    ],
    below: (printer) => printer.section('Credentials', credentialColumns, connection?.credentials ?? []),
  })
}
