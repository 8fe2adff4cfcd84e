import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { printTenant } from '#entrypoints/cli/commands/tenant/print-tenant.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantAdd: Command<{ entraId?: string }> = async (cli, [name = ''], { entraId }) => {
  if (entraId === undefined) throw new Failure('invalid_input', "Name Microsoft's id of the tenant with --entra-id.")
  const { api, at } = await openSession(cli)
  const added = await api.tenants.add({ ...at, name, entraTenantId: entraId })
  await printTenant(cli, await api.tenants.get({ ...at, tenant: added.id }))
  cli.terminal.say(
    `Next: tenantatlas connection set --tenant "${added.name}" --reader-client-id <id> --reader-certificate <file>`,
  )
}
