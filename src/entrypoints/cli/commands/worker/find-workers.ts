import { listWorkers } from '#domain/operations/list-workers.ts'
import type { WorkerView } from '#domain/operations/list-workers.ts'
import type { Database } from '#foundation/db/database.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { endingWith } from '#entrypoints/cli/ending-with.ts'

/**
 * The worker with that id or end of an id, or all workers of that host.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous`
 */
export async function findWorkers(db: Database, text: string): Promise<readonly WorkerView[]> {
  const workers = await listWorkers(db)
  const ofHost = workers.filter(({ host }) => host.toLowerCase() === text.toLowerCase())
  if (ofHost.length > 0) return ofHost
  const one = endingWith(workers, { text, plural: 'workers' })
  if (one !== undefined) return [one]
  const hosts = [...new Set(workers.map(({ host }) => host))]
  const hint = didYouMean(text, hosts) || ' See `tenantatlas worker list`.'
  throw new Failure('not_found', `There is no worker or host "${text}".${hint}`)
}

export function workerWords(workers: readonly WorkerView[]): string {
  return workers.map(({ host, pid }) => `${host} (${pid})`).join(', ')
}
