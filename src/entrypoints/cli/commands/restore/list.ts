import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { restoreColumns } from '#entrypoints/cli/restores/restore-columns.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const restoreList: Command<{ limit?: string }> = async (cli, _args, { limit: limitText }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const { items } = await pagesUpTo(limit, (page) => session.api.restores.list({ ...tenant.at, ...page }))
  await cli.printer.list({
    items,
    columns: restoreColumns,
    empty: `No restore of "${tenant.name}" yet. Plan one with \`tenantatlas restore plan --tenant "${tenant.name}"\`.`,
  })
}
