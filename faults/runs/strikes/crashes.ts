/** The database server goes down and comes back, again and again, while runs are started and done. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { RunStart } from '#domain/operations/ensure-run.ts'
import { givenTenant } from '#foundation/db/factories.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'
import { sceneTypes } from '../scene.ts'
import { createRandom } from '../../../simulator/faults/random.ts'

const tenantCount = 4
const betweenStartsMs = 60

export async function databaseCrash(play: Play, { by, crashes }: BlowOf<'database_crash'>): Promise<boolean> {
  const random = createRandom(play.planned.seed)
  // A claim that a crash takes back was at work before it: its requests were reads, done once more.
  play.isCrowded = true
  play.mayFinish = Infinity
  const workers = [await play.worker(), await play.worker()]
  await using load = await Load.begin(play)
  await load.untilServed(performance.now())
  let hits = 0
  for (let times = 0; times < crashes; times += 1) {
    await pause(600 + random() * 1_400)
    if (await (by === 'server' ? killServer(play) : killBackend(play))) hits += 1
    play.servedMs.push(await load.untilServed(await untilAccepted(play.stage.url)))
  }
  await load.stop()
  await play.passTime()
  return hits === crashes && workers.every(({ isGone }) => !isGone)
}

/** `pg_ctl -m immediate`: no checkpoint, no goodbye. Whoever uses the server starts it again. */
async function killServer({ stage }: Play): Promise<boolean> {
  const { rows } = await stage.database.pool.query<{ data_directory: string }>('show data_directory')
  const pidFile = await readFile(join(rows[0]?.data_directory ?? '', 'postmaster.pid'), 'utf8')
  return process.kill(Number(pidFile.split('\n')[0]), 'SIGQUIT')
}

/** One backend that dies takes all with it: the server cannot know what it left in the shared memory. */
async function killBackend({ stage }: Play): Promise<boolean> {
  const { rows } = await stage.database.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'fault matrix worker' limit 1`,
  )
  return rows[0] !== undefined && process.kill(rows[0].pid, 'SIGKILL')
}

const patienceMs = 60_000

/** When the server answers again, by `performance.now()`. */
export async function untilAccepted(url: string): Promise<number> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await pause(50)) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
    client.on('error', () => undefined)
    const answers = await client
      .connect()
      .then(
        async () => client.query('select 1').then(() => true),
        () => false,
      )
      .catch(() => false)
    await client.end().catch(() => undefined)
    if (answers) return performance.now()
  }
  throw new Error('the database did not come back')
}

/** Starts runs of some tenants all the time, and takes down every one that is acknowledged. */
export class Load implements AsyncDisposable {
  readonly #play: Play
  readonly #tenants: readonly TenantContext[]
  readonly #random: () => number
  #isOver = false
  #working: Promise<void> = Promise.resolve()
  /** When a start was acknowledged last, and which. */
  #startedAt = 0
  readonly #started: { readonly runId: string; readonly at: number }[] = []

  private constructor(play: Play, tenants: readonly TenantContext[]) {
    this.#play = play
    this.#tenants = tenants
    this.#random = createRandom(play.planned.seed)
  }

  static async begin(play: Play): Promise<Load> {
    const tenants: TenantContext[] = []
    for (let n = 0; n < tenantCount; n += 1) tenants.push(await givenTenant(play.stage.database.db, play.ctx))
    const load = new Load(play, tenants)
    load.#working = load.#work()
    return load
  }

  async #work(): Promise<void> {
    for (; !this.#isOver; await pause(betweenStartsMs)) await this.#start()
  }

  async #start(): Promise<void> {
    const ctx = this.#tenants[Math.floor(this.#random() * this.#tenants.length)]
    const type = sceneTypes[Math.floor(this.#random() * sceneTypes.length)]
    if (ctx === undefined || type === undefined) return
    try {
      const start = {
        type: 'backup.capture',
        input: { types: [type] },
        trigger: 'user',
      } satisfies RunStart<'backup.capture'>
      const { runId } = await startRun(this.#play.stage.database.db, ctx, start)
      this.#startedAt = performance.now()
      if (this.#started.some((one) => one.runId === runId)) return
      this.#started.push({ runId, at: this.#startedAt })
      this.#play.expect({ id: runId, outcomes: ['succeeded'], attempts: { least: 1 } })
    } catch {
      // Not acknowledged: it may have taken effect all the same.
      this.#play.unsure += 1
    }
  }

  /** Until a start was acknowledged and a run was done since then; how long both took. */
  async untilServed(since: number): Promise<number> {
    const { pool } = this.#play.stage.database
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await pause(40)) {
      if (this.#startedAt <= since) continue
      const ids = this.#started.filter(({ at }) => at > since).map(({ runId }) => runId)
      const done = `select from operation_runs where id = any ($1) and outcome <> 'pending' limit 1`
      const rowCount = await pool.query(done, [ids]).then(
        (answer) => answer.rowCount,
        () => 0,
      )
      if (rowCount === 1) return Math.round(performance.now() - since)
    }
    throw new Error('nothing was started and done again')
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#working
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
