/**
 * npm run bench:bytes: what one run leaves in the database, by its number of items: WAL written (without full-page
 * images, which come on top after each checkpoint) and bytes kept in tables and indexes.
 */
import { randomUUID } from 'node:crypto'
import { startRun } from '#domain/operations/ensure-run.ts'
import { takeLease } from '#domain/operations/lease.ts'
import { claimAll } from '#domain/operations/operations-testing.ts'
import { trackRun, type Work } from '#domain/operations/track-run.ts'
import { openDatabase, type OpenDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { createLog } from '#foundation/observability/log.ts'
import { columnsOf } from '../tools/check.ts'

const log = createLog({ level: 'silent', pretty: false })
const never = new AbortController().signal
const kept = ['operation_runs', 'run_items', 'audit_entries', 'outbox']
const itemsAtOnce = 100

function recording(items: number): Work {
  return async (run) => {
    for (let from = 0; from < items; from += itemsAtOnce) {
      const count = Math.min(itemsAtOnce, items - from)
      const names = Array.from({ length: count }, (_, n) => `Windows - Compliance - Baseline ${from + n}`)
      await run.items.record(
        names.map((label) => ({ key: `configurationPolicies/${randomUUID()}`, label, outcome: 'succeeded' as const })),
      )
    }
    return {}
  }
}

async function bytesPerRun({ db, pool }: OpenDatabase, { items, runs }: { items: number; runs: number }) {
  await pool.query(`truncate ${kept.join(', ')} cascade`)
  const workspace = await givenWorkspace(db)
  const tenants = []
  for (let n = 0; n < runs; n += 1) tenants.push(await givenTenant(db, workspace))
  const owner = await takeLease(db, 3_600_000)
  const { rows: begin } = await pool.query<{ at: string }>('select pg_current_wal_insert_lsn()::text as at')
  for (const tenant of tenants) await startRun(db, tenant, { type: 'inventory.sync', input: {}, trigger: 'schedule' })
  for (let done = 0; done < runs;) {
    for (const claim of await claimAll(db, owner)) {
      await trackRun({ db, log, signal: never, leaseSignal: never }, claim, recording(items))
      done += 1
    }
  }
  const { rows: wal } = await pool.query<{ n: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::bigint as n`,
    [begin[0]?.at],
  )
  await pool.query(`vacuum ${kept.join(', ')}, live_runs`)
  const { rows: size } = await pool.query<{ n: number }>(
    'select sum(pg_total_relation_size(name))::bigint as n from unnest($1::regclass[]) name',
    [kept],
  )
  return [items, runs, Math.round((wal[0]?.n ?? 0) / runs), Math.round((size[0]?.n ?? 0) / runs)].map(String)
}

await using postgres = await startTemporaryPostgres({ wal_compression: 'off' })
await migrate({ url: postgres.url })
await using database = openDatabase({ url: postgres.url, role: 'login', poolSize: 8, applicationName: 'bench', log })
const measured = []
for (const size of [
  { items: 0, runs: 2_000 },
  { items: 37, runs: 500 },
  { items: 500, runs: 40 },
])
  measured.push(await bytesPerRun(database, size))
console.log(columnsOf([['items', 'runs', 'WAL bytes a run', 'bytes kept a run'], ...measured]))
