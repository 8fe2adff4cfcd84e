import { Failure } from '#foundation/kernel/failure.ts'
import { addTenant } from '#domain/workspaces/add-tenant.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { tenantDocument } from '#entrypoints/documents/tenant-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantAdd: Command<{ entraId?: string }> = async (cli, [name = ''], { entraId }) => {
  if (entraId === undefined) throw new Failure('invalid_input', "Name Microsoft's id of the tenant with --entra-id.")
  await using session = await openSession(cli)
  const { db } = session.product
  const added = await addTenant(db, session.ctx, { name, entraTenantId: entraId })
  const overview = (await listTenants(db, session.ctx)).find(({ tenantRef }) => tenantRef === added.tenantRef)
  if (overview === undefined) return
  await cli.printer.detail({
    document: tenantDocument(overview),
    facts: [
      ['Tenant', added.tenantName],
      ['Id', added.tenantRef],
      ['Entra tenant id', overview.entraTenantId],
    ],
  })
  cli.terminal.say(
    `Next: tenantatlas connection set --tenant "${added.tenantName}" --reader-client-id <id> --reader-certificate <file>`,
  )
}
