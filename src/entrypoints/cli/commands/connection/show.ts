import { Failure } from '#foundation/kernel/failure.ts'
import { showConnection } from '#domain/connections/show-connection.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { credentialColumns } from '#entrypoints/cli/commands/connection/credential-columns.ts'
import { connectionDocument } from '#entrypoints/documents/connection-document.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const connectionShow: Command = async (cli) => {
  await using session = await openSession(cli)
  const ctx = await session.tenant()
  const connection = await showConnection(session.product.db, ctx)
  if (connection === null) {
    throw new Failure(
      'not_found',
      `"${ctx.tenantName}" is not connected yet; connect it with \`tenantatlas connection set\`.`,
    )
  }
  const document = connectionDocument(connection)
  await cli.printer.detail({
    document,
    facts: [
      ['Tenant', ctx.tenantName],
      ['Cloud', document.cloud],
      ['Sign-in', document.authorityUrl],
      ['Graph', document.graphUrl],
      ['Changed', ago(document.changedAt)],
    ],
    below: (printer) => printer.section('Credentials', credentialColumns, document.credentials),
  })
}
