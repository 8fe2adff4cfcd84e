/** Test only: a scheduler as a process of its own, for tests that kill it. The address of its database is the argument. */
import { openDatabase } from '#foundation/db/database.ts'
import { createLog } from '#foundation/observability/log.ts'
import { runScheduler } from '#entrypoints/worker/run-scheduler.ts'

const log = createLog({ level: 'error', pretty: false })
await using database = openDatabase({
  url: process.argv[2] ?? '',
  role: 'worker',
  poolSize: 2,
  applicationName: 'scheduler',
  log,
})
await runScheduler({ db: database.db, log, signal: new AbortController().signal, pollMs: 100 })
