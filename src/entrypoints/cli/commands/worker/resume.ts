import { steerWorker } from '#domain/platform/steer-worker.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findWorkers, workerWords } from '#entrypoints/cli/commands/worker/find-workers.ts'
import { hostActor } from '#entrypoints/cli/host-actor.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

export const workerResume: Command = async (cli, [text = '']) => {
  await using product = await openProduct(cli)
  const { db } = product
  const workers = await findWorkers(db, text)
  for (const { id } of workers) await steerWorker(db, hostActor(), id, { isDraining: false })
  cli.terminal.say(`${workerWords(workers)} takes runs again.`)
}
