/** Two versions meet: a program and a database of another one. Whoever is too old says so, and does no harm. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from '#foundation/db/migrate.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RunId, TenantId, TenantRef, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'
import { Process } from '../process.ts'
import { inputOf, truthOf } from '../scene.ts'
import type { Scene } from '../scene.ts'
import { createDatabase } from '../../create-database.ts'

const migrations = fileURLToPath(new URL('../../../migrations', import.meta.url))
const program = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
const ledgerFile = new URL('../old-ledger.sql', import.meta.url)
const oldVersion = 6

export async function otherProgram(play: Play, { which }: BlowOf<'other_program'>): Promise<boolean> {
  if (which === 'newer_ledger') return newerLedger(play)
  await play.start()
  await using other = await databaseOf(play, which)
  await using worker = new Process({
    file: program,
    args: ['work'],
    env: { DATABASE_URL: other.url, TENANTATLAS_LOG_LEVEL: 'debug' },
    listener: play.stage.watch.listen(),
  })
  const { code, complaint } = await worker.ended()
  const word = which === 'newer_schema' ? 'start the newer TenantAtlas' : 'run `tenantatlas migrate`'
  const isThere = await other.isUntouched()
  return code !== 0 && complaint.includes(word) && isThere
}

/** A worker in mid-run gives back what it holds, claims nothing of the newer ledger, and says why it ends. */
async function newerLedger(play: Play): Promise<boolean> {
  const { pool, db } = play.stage.database
  const read = "select pg_get_functiondef('ledger_protocol'::regproc) as text, ledger_protocol() as version"
  const [before] = (await pool.query<{ text: string; version: number }>(read)).rows
  if (before === undefined) return false
  const held = await play.start({ attempts: { least: 1 } })
  await play.slowDown(200)
  const worker = await play.worker()
  const isMidRun = await play.untilMidRun(worker, held, 0)
  await pool.query(before.text.replace(`select ${before.version}`, `select ${before.version + 1}`))
  try {
    const start = { type: 'inventory.sync', input: {}, trigger: 'user' } as const
    const { runId: next } = await startRun(db, play.ctx, start)
    play.answered('next', { disposition: 'created', runId: next })
    play.expect({ id: next, outcomes: ['succeeded'], attempts: { least: 1 } })
    const { code, complaint } = await worker.ended()
    play.excuse(worker)
    const isFree = !(await play.isHeld(held)) && !(await play.isHeld(next))
    return isMidRun && isFree && code === 1 && complaint.includes('newer TenantAtlas')
  } finally {
    await pool.query(before.text)
  }
}

/** A database that this program may not use, with a run that waits in it. */
async function databaseOf(play: Play, which: 'newer_schema' | 'older_schema') {
  const url = await createDatabase(play.stage.url, `other_${play.since.entry}_${which}`)
  if (which === 'newer_schema') await migrate({ url })
  else await migrateToOld(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  if (which === 'older_schema') await client.query(await readFile(ledgerFile, 'utf8'))
  else
    await client.query(`insert into schema_migrations (version, name, checksum) values (9999, '9999_to_come.sql', '')`)
  const state = async () =>
    JSON.stringify((await client.query('select r.*, r.xmin::text from live_runs r order by run_id')).rows)
  const before = await state()
  return {
    url,
    isUntouched: async () => (await state()) === before,
    [Symbol.asyncDispose]: () => client.end(),
  }
}

async function migrateToOld(url: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tenantatlas-migrations-'))
  try {
    for (const name of (await readdir(migrations)).filter((one) => Number.parseInt(one, 10) <= oldVersion))
      await cp(join(migrations, name), join(directory, name))
    await migrate({ url, directory })
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Makes the ledger of the older program, and migrates it. */
export async function makeOldLedger(url: string): Promise<void> {
  await migrateToOld(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(await readFile(ledgerFile, 'utf8'))
  await client.end()
  await migrate({ url })
}

const idOf = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** The n-th tenant of the old ledger. */
export function oldTenant(n: number): TenantContext {
  const workspaceId = asId<WorkspaceId>(idOf(2))
  const workspace = givenContext(workspaceId, { kind: 'user', userId: asId<UserId>(idOf(1)), name: 'Ada Moreau' })
  const ref = asId<TenantRef>(`01900000-0000-4000-8000-${String(200 + n).padStart(12, '0')}`)
  return workspace.inTenant({ workspaceId, id: asId<TenantId>(idOf(100 + n)), ref, name: `Tenant ${n}` })
}

const types = ['termsAndConditions'] as const
const fetching: Scene = { operation: 'assignments.fetch', types, refused: null }
const capturing: Scene = { operation: 'backup.capture', types, refused: null }

/** The older program's runs, and what becomes of them; the fifth was to be cancelled. */
const oldRuns: readonly (readonly [scene: Scene, outcomes: readonly string[], attempts: number])[] = [
  [capturing, ['succeeded'], 1],
  [fetching, ['succeeded'], 2],
  [capturing, ['succeeded'], 2],
  [fetching, ['succeeded'], 3],
  [capturing, ['cancelled'], 1],
]

export async function oldLedger(play: Play): Promise<boolean> {
  for (const [index, [scene, outcomes, least]] of oldRuns.entries()) {
    const truth = outcomes.includes('succeeded') ? truthOf(scene, play.stage.objects) : null
    const id = idOf(401 + index)
    play.answers.push({ start: `of old ${index + 1}`, runId: id })
    play.expect({ id, outcomes, attempts: { least }, isHistoryLost: true, ...(truth && { graph: truth }) })
  }
  const cooling = asId<RunId>(idOf(406))
  const kept = await play.run(cooling)
  if (kept !== undefined) play.kept.push(kept)
  play.isCrowded = true
  // It cools down as the older program said.
  const start = { type: fetching.operation, input: inputOf(fetching), trigger: 'user' } as const
  const again = await startRun(play.stage.database.db, oldTenant(6), start as Parameters<typeof startRun>[2])
  play.answered('of old 6', again)
  await play.worker()
  return again.disposition === 'cooldown' && again.runId === cooling
}
