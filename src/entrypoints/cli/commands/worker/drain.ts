import { setTimeout as pause } from 'node:timers/promises'
import { countOf } from '#contract/moments.ts'
import { steerWorker } from '#domain/platform/steer-worker.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import type { WorkerView } from '#domain/operations/list-workers.ts'
import type { Database } from '#foundation/db/database.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { findWorkers, workerWords } from '#entrypoints/cli/commands/worker/find-workers.ts'
import { hostActor } from '#entrypoints/cli/host-actor.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

export const workerDrain: Command<{ wait?: true }> = async (cli, [text = ''], { wait }) => {
  await using product = await openProduct(cli)
  const { db } = product
  const workers = await findWorkers(db, text)
  for (const { id } of workers) await steerWorker(db, hostActor(), id, { isDraining: true })
  const running = workers.reduce((sum, worker) => sum + worker.running, 0)
  cli.terminal.say(
    `${workerWords(workers)} takes nothing more${running > 0 ? `; ${countOf(running, 'run')} left to finish` : ''}.`,
  )
  if (!wait) return exitCodes.ok
  const isIdle = await untilIdle(cli, db, workers)
  cli.terminal.rewrite('')
  if (!isIdle) {
    cli.terminal.say('No longer waiting; it goes on draining.')
    return exitCodes.interrupted
  }
  cli.terminal.say(`${workerWords(workers)} holds nothing any more and can be stopped.`)
  return exitCodes.ok
}

const pollMs = 500

/** Resolves to false when the person stopped waiting, which leaves the worker draining. */
async function untilIdle({ terminal, signal }: Cli, db: Database, workers: readonly WorkerView[]): Promise<boolean> {
  let said = ''
  while (!signal.aborted) {
    // By host and process: a worker that lost its lease goes on draining under another id.
    const left = (await listWorkers(db)).filter((one) => workers.some((worker) => isSame(one, worker)))
    const running = left.reduce((sum, worker) => sum + worker.running, 0)
    if (running === 0) return true
    const words = `Waiting for ${countOf(running, 'run')} to finish …`
    if (terminal.isInteractive) terminal.rewrite(words)
    else if (words !== said) terminal.say(words)
    said = words
    await pause(pollMs, undefined, { signal }).catch(() => undefined)
  }
  return false
}

function isSame(one: WorkerView, other: WorkerView): boolean {
  return one.host === other.host && one.pid === other.pid
}
