import { once } from 'node:events'
import { startEmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { createLog } from '#foundation/observability/log.ts'

/*
 * A process that uses the server of a data folder, for tests: says on one line how that went, and leaves the server
 * when its stdin closes.
 */

const [dataDir = '', outside = '', durability = ''] = process.argv.slice(2)

async function start() {
  const log = createLog({ level: 'error', pretty: true })
  const postgres = await startEmbeddedPostgres({ dataDir, outside: [outside], durable: durability === 'durable', log })
  return { said: { url: postgres.url, reused: postgres.reused }, stop: () => postgres.stop() }
}

function refused(error: unknown) {
  if (!(error instanceof Failure)) throw error
  return { said: { reason: error.reason, message: error.message }, stop: () => Promise.resolve() }
}

const { said, stop } = await start().catch(refused)
process.stdout.write(`${JSON.stringify(said)}\n`)
process.stdin.resume()
await once(process.stdin, 'end')
await stop()
