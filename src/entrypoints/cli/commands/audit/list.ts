import { auditColumns } from '#entrypoints/cli/audit/audit-columns.ts'
import { entryQueryOf, type EntryFilters } from '#entrypoints/cli/audit/entry-filters.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { pagesUpTo } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options extends EntryFilters {
  cursor?: string
  limit?: string
}

export const auditList: Command<Options> = async (cli, _args, { cursor, limit: limitText, ...filters }) => {
  const limit = countOption(limitText, '--limit', { min: 1, max: 1000, default: 50 })
  const session = await openSession(cli)
  const query = await entryQueryOf(cli, session, filters)
  const { items, nextCursor } = await pagesUpTo(
    limit,
    (page) => session.api.audit.list({ ...session.at, ...query, ...page }),
    cursor,
  )
  await cli.printer.list({
    items,
    columns: auditColumns,
    empty: 'Nothing like that is in the audit log.',
    nextCursor,
  })
}
