import type { Command } from '#entrypoints/cli/cli.ts'
import { printTenant } from '#entrypoints/cli/commands/tenant/print-tenant.ts'
import { readForChange } from '#entrypoints/cli/server/read-for-change.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const tenantRename: Command = async (cli, [text = '', name = '']) => {
  const session = await openSession(cli)
  const { tenants } = session.api
  const { at } = await session.tenant(text)
  const { ifUnchanged } = await readForChange((read) => tenants.get(at, read))
  await printTenant(cli, await tenants.rename({ ...at, name }, ifUnchanged))
}
