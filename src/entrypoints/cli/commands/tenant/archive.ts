import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { printTenant } from '#entrypoints/cli/commands/tenant/print-tenant.ts'
import { confirmName } from '#entrypoints/cli/confirm-name.ts'
import { pickTenant } from '#entrypoints/cli/pick-tenant.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantArchive: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { tenants } = session.api
  const { at, name } = await session.tenant(text)
  await confirmName(cli, name, `This archives "${name}": nothing is read from it or written to it any more.`)
  await tenants.archive({ ...at, confirm: name })
  await printTenant(cli, await tenants.get(at))
  cli.terminal.say(
    `What was observed and backed up stays readable. Bring it back: tenantatlas tenant unarchive "${name}"`,
  )
}

export const tenantUnarchive: Command = async (cli, [text = '']) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.tenants.list({ ...at, archived: 'true' })
  if (items.length === 0) throw new Failure('not_found', 'No tenant of this workspace is archived.')
  const { id } = pickTenant(items, text)
  await api.tenants.unarchive({ ...at, archived: id })
  await printTenant(cli, await api.tenants.get({ ...at, tenant: id }))
}
