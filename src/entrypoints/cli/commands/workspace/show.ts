import type { Command } from '#entrypoints/cli/cli.ts'
import { openWorkspace } from '#entrypoints/cli/commands/workspace/open-workspace.ts'
import { secondPersonWords } from '#entrypoints/cli/commands/workspace/print-workspace.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'

type Guest = Awaited<ReturnType<Api['workspaces']['get']>>['guests'][number]

export const workspaceShow: Command = async (cli, [text]) => {
  const { api, at } = await openWorkspace(cli, text)
  const document = await api.workspaces.get(at)
  await cli.printer.detail({
    document,
    facts: [
      ['Workspace', document.name],
      ['Slug', document.slug],
      ['Id', document.id],
      ['Second person', secondPersonWords(document)],
      ['Archived', ago(document.archivedAt, 'no')],
    ],
    below: (printer) => printer.section('Platform operators in it now', guestColumns, document.guests),
  })
}

const guestColumns: readonly Column<Guest>[] = [
  { key: 'name', header: 'OPERATOR', cell: ({ name }) => name },
  { key: 'role', header: 'ROLE', cell: ({ role }) => role },
  { key: 'until', header: 'UNTIL', cell: ({ until }) => ago(until) },
  { key: 'reason', header: 'WHY', cell: ({ reason }) => reason ?? '' },
]
