import type { Command } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { allPages } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const assignmentsOrphans: Command = async (cli) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  await cli.printer.list({
    items: await allPages((page) => session.api.assignments.orphans({ ...tenant.at, ...page })),
    columns: [
      { key: 'policy', header: 'POLICY', cell: (orphan) => orphan.policy.name },
      { key: 'words', header: 'ASSIGNED TO', cell: (orphan) => orphan.words },
      { key: 'lost', header: 'LOST', cell: (orphan) => `${orphan.lost.kind} ${orphan.lost.name ?? orphan.lost.id}` },
      { key: 'since', header: 'SINCE', cell: (orphan) => ago(orphan.lost.since), csv: (orphan) => orphan.lost.since },
    ],
    empty: 'No assignment names a deleted group or filter.',
  })
}
