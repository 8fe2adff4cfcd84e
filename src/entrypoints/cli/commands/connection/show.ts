import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { connectionOf } from '#entrypoints/cli/commands/connection/connection-of.ts'
import { credentialColumns } from '#entrypoints/cli/commands/connection/credential-columns.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const connectionShow: Command = async (cli) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const document = await connectionOf(session.api, tenant)
  if (document === null)
    throw new Failure(
      'not_found',
      `"${tenant.name}" is not connected yet; connect it with \`tenantatlas connection set\`.`,
    )
  await cli.printer.detail({
    document,
    facts: [
      ['Tenant', tenant.name],
      ['Cloud', document.cloud],
      ['Sign-in', document.authorityUrl],
      ['Graph', document.graphUrl],
      ['Changed', ago(document.changedAt)],
    ],
    below: (printer) => printer.section('Credentials', credentialColumns, document.credentials),
  })
}
