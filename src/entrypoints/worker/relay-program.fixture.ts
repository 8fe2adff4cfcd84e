/** Test only: a relay as a process of its own, for tests that kill it. Settings come as JSON in the first argument. */
import { createOpener } from '#foundation/crypto/open.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { createLog } from '#foundation/observability/log.ts'
import { runRelay } from '#entrypoints/worker/run-relay.ts'

export interface RelayProgramSettings {
  readonly url: string
  readonly keys: KeyPlace
}

async function main({ url, keys }: RelayProgramSettings): Promise<void> {
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  const log = createLog({ level: 'debug', pretty: false })
  await using database = openDatabase({ url, role: 'worker', poolSize: 4, applicationName: 'relay process', log })
  const notify = { pageUrl: 'https://tenantatlas.example.com', allowHosts: ['127.0.0.1'] }
  const opener = createOpener(keys)
  await runRelay({ db: database.db, opener, notify, log, signal: stop.signal, pollMs: 50 })
}

await main(JSON.parse(process.argv[2] ?? '{}') as RelayProgramSettings)
