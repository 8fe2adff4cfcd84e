import type { Badge } from '#contract/badges.ts'
import { badgeOf } from '#contract/badges.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { workerDocument, type WorkerDocument } from '#entrypoints/documents/worker-document.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

/** Of all workspaces: a worker belongs to the installation. */
export const workerList: Command = async (cli) => {
  await using product = await openProduct(cli)
  const workers = await listWorkers(product.db)
  await cli.printer.list({
    items: workers.map(workerDocument),
    columns,
    empty: 'No worker is running: queued runs wait. Start one with `tenantatlas work`.',
  })
}

const columns: readonly Column<WorkerDocument>[] = [
  { key: 'host', header: 'HOST', cell: (worker) => worker.host },
  { key: 'pid', header: 'PID', align: 'right', keepsWidth: true, cell: (worker) => String(worker.pid) },
  { key: 'version', header: 'VERSION', isMinor: true, cell: (worker) => worker.version || '–' },
  { key: 'state', header: 'STATE', keepsWidth: true, cell: stateBadge, csv: (worker) => worker.state },
  { key: 'running', header: 'RUNNING', align: 'right', keepsWidth: true, cell: (worker) => count(worker.running) },
  {
    key: 'startedAt',
    header: 'SINCE',
    isMinor: true,
    cell: (worker) => ago(worker.startedAt),
    csv: (worker) => worker.startedAt,
  },
  {
    key: 'leaseUntil',
    header: 'LEASE',
    isMinor: true,
    cell: (worker) => leaseWords(worker),
    csv: (worker) => worker.leaseUntil,
  },
  { key: 'id', header: 'ID', isId: true, cell: (worker) => worker.id },
]

function stateBadge({ state }: WorkerDocument): Badge {
  return badgeOf('workerState', state)
}

/** The lease of a worker that is well ends in seconds, always anew. */
function leaseWords({ leaseUntil }: WorkerDocument): string {
  return `${Math.max(0, Math.round((Date.parse(leaseUntil) - Date.now()) / 1000))} s left`
}
