import { listEntries } from '#domain/audit/list-entries.ts'
import { auditColumns } from '#entrypoints/cli/audit/audit-columns.ts'
import { auditDocument } from '#entrypoints/documents/audit-document.ts'
import { entryQueryOf, type EntryFilters } from '#entrypoints/cli/audit/entry-filters.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options extends EntryFilters {
  cursor?: string
  limit?: string
}

export const auditList: Command<Options> = async (cli, _args, options) => {
  const limit = countOption(options.limit, '--limit', { min: 1, max: 1000, default: 50 })
  await using session = await openSession(cli)
  const { items, nextCursor } = await listEntries(session.product.db, session.ctx, {
    ...(await entryQueryOf(cli, session, options)),
    limit,
    ...(options.cursor !== undefined && { cursor: options.cursor }),
  })
  await cli.printer.list({
    items: items.map(auditDocument),
    columns: auditColumns,
    empty: 'Nothing like that is in the audit log.',
    nextCursor,
  })
}
