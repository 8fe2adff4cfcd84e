import { listOrphans } from '#domain/assignments/list-orphans.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { orphanDocument } from '#entrypoints/documents/orphan-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const assignmentsOrphans: Command = async (cli) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const { items } = await listOrphans(db, tenant)
  await cli.printer.list({
    items: items.map(orphanDocument),
    columns: [
      { key: 'policy', header: 'POLICY', cell: (orphan) => orphan.policy.name },
      { key: 'words', header: 'ASSIGNED TO', cell: (orphan) => orphan.words },
      { key: 'lost', header: 'LOST', cell: (orphan) => `${orphan.lost.kind} ${orphan.lost.name ?? orphan.lost.id}` },
      { key: 'since', header: 'SINCE', cell: (orphan) => ago(orphan.lost.since), csv: (orphan) => orphan.lost.since },
    ],
    empty: 'No assignment names a deleted group or filter.',
  })
}
