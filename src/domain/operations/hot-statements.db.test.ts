import { expect, test } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { ensureRuns, startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { endLease, renewLease } from '#domain/operations/lease.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { givenClaim } from '#domain/operations/operations-testing.ts'
import { recoverRuns } from '#domain/operations/recover-runs.ts'
import { trackRun, type Work } from '#domain/operations/track-run.ts'
import { waitForRun } from '#domain/operations/watch-run.ts'
import { unboundAccesses } from '#foundation/db/distribution-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import type { DatabaseRole, OpenDatabase } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const never = new AbortController().signal
const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const

/** A pool on the test's database, and what it sends. */
function recording(role: DatabaseRole = 'worker'): { opened: OpenDatabase; sent: Set<string> } {
  const opened = database.openAnother({ role })
  const sent = new Set<string>()
  opened.pool.on('connect', (client) => {
    // Every form of a query: with its text first, or in an object.
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const recorded = (...args: unknown[]) => {
      const [first] = args
      if (typeof first === 'string') sent.add(first)
      else if (typeof first === 'object' && first !== null && 'text' in first) sent.add(String(first.text))
      return query(...args)
    }
    Object.assign(client, { query: recorded })
  })
  return { opened, sent }
}

async function scopedRelations(): Promise<Set<string>> {
  const { rows } = await database.pool.query<{ table_name: string }>(
    `select table_name from information_schema.columns where table_schema = 'public' and column_name = 'workspace_id'`,
  )
  return new Set(rows.map((row) => row.table_name))
}

const touchEverything: Work = async (run) => {
  await run.items.plan([{ key: 'a' }, { key: 'b' }])
  await run.items.finished()
  run.progress({ processed: 1, total: 2, step: 'half' })
  await run.assertLease(0)
  await run.items.record([{ key: 'a', outcome: 'succeeded' }])
  return {}
}

test('every statement in the life of a run names its workspace', async () => {
  const { opened, sent } = recording()
  await using _opened = opened
  const { db } = opened
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))

  const { runId } = await startRun(db, ctx, capture)
  const claim = await givenClaim(db, ctx)
  await renewLease(db, claim.owner, 60_000)
  await cancelRun(db, ctx, runId)
  await trackRun({ db, log, signal: AbortSignal.abort('shutdown'), leaseSignal: never }, claim, touchEverything)

  await inWorkspace(db, ctx, (tx) =>
    ensureRuns(tx, ctx, { type: 'inventory.sync', input: {}, trigger: 'schedule' }, [ctx.tenantId]),
  )
  const lost = await givenClaim(db, ctx)
  await endLease(db, lost.owner)
  await recoverRuns({ db, log }, never)
  const again = await givenClaim(db, ctx)
  await trackRun({ db, log, signal: never, leaseSignal: never }, again, touchEverything)

  await waitForRun(opened, ctx, runId, { signal: never, log })
  await getRun(db, ctx, runId)
  await listRuns(db, ctx, { tenantId: ctx.tenantId })
  await listRunItems(db, ctx, runId)

  const scoped = await scopedRelations()
  const unbound = [...sent].map((text) => [text, unboundAccesses(text, scoped)] as const)
  expect(Object.fromEntries(unbound.filter(([, accesses]) => accesses.length > 0))).toEqual({})
  // The recording hears statements of each kind: prepared, built and written out.
  for (const told of [
    'from ensure_run(',
    'from ensure_runs(',
    'from claim_runs(',
    'finish_run(',
    'from "run_items"',
    'lease_holds(',
  ])
    expect([...sent].some((text) => text.includes(told))).toBe(true)
})

test('a statement that forgets its workspace is found', async () => {
  const { opened, sent } = recording('login')
  await using _opened = opened
  await opened.db
    .selectFrom('live_runs')
    .select('run_id')
    .where('lane', '=', '00000000-0000-0000-0000-000000000000')
    .execute()
  const scoped = await scopedRelations()
  expect([...sent].flatMap((text) => unboundAccesses(text, scoped))).toEqual(['live_runs'])
})
