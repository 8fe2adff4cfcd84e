import { resumeWorker } from '#domain/operations/drain-worker.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findWorkers, workerWords } from '#entrypoints/cli/commands/worker/find-workers.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const workerResume: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const workers = await findWorkers(db, text)
  for (const { id } of workers) await resumeWorker(db, session.ctx, id)
  cli.terminal.say(`${workerWords(workers)} takes runs again.`)
}
