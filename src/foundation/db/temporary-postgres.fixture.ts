import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'

/* A process with a temporary server, to be killed by a test. */
const postgres = await startTemporaryPostgres()
process.stdout.write(`${postgres.url}\n`)
process.stdin.resume()
