/** One case being played: its tenant, its processes, and what was answered on the way. */
import { setTimeout as pause } from 'node:timers/promises'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { FaultPlanInput } from '../../simulator/faults/fault-plan.ts'
import type { Stop } from '../exits.ts'
import type { Answer, Evidence, Expected, Participant, RunRow } from './evidence.ts'
import type { FaultCase } from './plan-case.ts'
import type { Process } from './process.ts'
import { journalOf, readLedger, readRun } from './read-ledger.ts'
import type { Since } from './read-ledger.ts'
import { inputOf, outcomeOf, truthOf, collectionOf } from './scene.ts'
import type { Start } from './starter.ts'
import type { Stage, WorkerChoice } from './stage.ts'

type FaultInput = FaultPlanInput['faults'][number]

interface Cast {
  readonly name: string
  readonly process: Process
  readonly app: string
  readonly isVictim: boolean
  /** Once it has ended. */
  readonly end?: Participant['end']
}

const patienceMs = 40_000

export class Play implements AsyncDisposable {
  readonly stage: Stage
  readonly planned: FaultCase
  readonly ctx: TenantContext
  /** Before anything was done: where the journal was, and when. */
  readonly since: Since
  readonly answers: Answer[] = []
  readonly expected: Expected[] = []
  /** Rows that must stay as they are. */
  readonly kept: RunRow[] = []
  stop: Stop | undefined
  resumedMs: number | undefined
  isCrowded = false
  /** Requests that a worker may have been past its last check with. */
  mayFinish = 1
  /** How long it took after each crash until a start was answered and a run was done. */
  readonly servedMs: number[] = []
  /** Until it was served again, since the disk had room. */
  resumedAfterRoomMs: number | undefined
  /** Starts that were not answered: each may have taken effect. */
  unsure = 0
  readonly #cast: Cast[] = []

  constructor(stage: Stage, planned: FaultCase, ctx: TenantContext, since: Since) {
    this.stage = stage
    this.planned = planned
    this.ctx = ctx
    this.since = since
  }

  /** Of a tenant of its own, unless there is one already. */
  static async begin(stage: Stage, planned: FaultCase, known?: TenantContext): Promise<Play> {
    const ctx = known ?? (await givenTenant(stage.database.db, await givenWorkspace(stage.database.db)))
    const { last } = await stage.control.journal({ after: Number.MAX_SAFE_INTEGER, limit: 1 })
    await stage.watch.begin()
    const play = new Play(stage, planned, ctx, { entry: last, at: new Date() })
    await play.graph([])
    return play
  }

  /** Starts the run of the scene as a person does, and remembers the answer under a name. */
  async start(change: Partial<Expected> = {}, name = 'first', ctx = this.ctx): Promise<RunId> {
    const { scene } = this.planned
    const ensured = await startRun(this.stage.database.db, ctx, { ...this.order(ctx), trigger: 'user' })
    this.answered(name, ensured)
    await this.#allowAttempts(ensured.runId)
    const truth = truthOf(scene, this.stage.objects)
    this.expect({
      id: ensured.runId,
      outcomes: [outcomeOf(scene)],
      attempts: { least: 1 },
      ...(truth && { graph: truth }),
      ...change,
    })
    return ensured.runId
  }

  /** A busy machine loses leases by itself; only the row about poison is about running out of attempts. */
  async #allowAttempts(runId: RunId): Promise<void> {
    await this.stage.database.pool.query('update live_runs set max_attempts = 30 where run_id = $1', [runId])
  }

  /** The start as another process can be told it. */
  order(ctx = this.ctx): Omit<Start, 'times'> {
    return {
      actor: ctx.actor,
      tenant: ctx.place,
      type: this.planned.scene.operation,
      input: inputOf(this.planned.scene),
    }
  }

  answered(start: string, ensured: EnsuredRun): void {
    const retryAt = ensured.disposition === 'cooldown' ? { retryAt: new Date(ensured.retryAt) } : {}
    this.answers.push({ start, runId: ensured.runId, ...retryAt })
  }

  expect(one: Expected): void {
    const index = this.expected.findIndex(({ id }) => id === one.id)
    if (index === -1) this.expected.push(one)
    else this.expected[index] = one
  }

  /** What Graph does from now on, beside refusing what the scene says. */
  async graph(faults: readonly FaultInput[]): Promise<void> {
    const { refused } = this.planned.scene
    const forbidden: readonly FaultInput[] =
      refused === null
        ? []
        : [{ match: { collection: collectionOf(refused) }, count: null, effect: { kind: 'status', status: 403 } }]
    const plan = [...forbidden, ...faults]
    if (plan.length === 0) await this.stage.control.clearFaults()
    else await this.stage.control.setFaults({ faults: plan })
  }

  /** Every request takes a while, so that the run lasts. */
  async slowDown(ms = 600): Promise<void> {
    await this.graph([{ match: {}, count: null, effect: { kind: 'delay', ms } }])
  }

  /** A worker that something will be done to; it may end by that and still be sound. */
  async victim(choice: WorkerChoice = {}): Promise<Process> {
    return this.#spawn('the worker', true, { slots: 1, ...choice })
  }

  /** A worker that must be there in the end, and end in order. */
  async worker(choice: WorkerChoice = {}): Promise<Process> {
    return this.#spawn(`worker ${this.#cast.length + 1}`, false, choice)
  }

  async #spawn(name: string, isVictim: boolean, choice: WorkerChoice): Promise<Process> {
    // The first app is the resident's.
    const place = this.#cast.length + 1
    const process = await this.stage.spawnWorker(place, choice)
    this.#cast.push({ name, process, app: this.appOf(place), isVictim })
    return process
  }

  appOf(place: number): string {
    return this.stage.apps[place]?.clientId ?? ''
  }

  /** Whether the victim ended before its run, or soon after it. */
  async untilGone(victim: Process, runId: RunId): Promise<boolean> {
    let deadline = Date.now() + patienceMs
    for (let isOver = false; !victim.isGone && Date.now() < deadline; await pause(50)) {
      if (isOver || (await this.run(runId))?.outcome === 'pending') continue
      isOver = true
      // After its run has ended, a worker reaches its failpoint soon or never.
      deadline = Date.now() + 2_500
    }
    return victim.isGone
  }

  /** The run is claimed, and so many requests of this worker have been answered. */
  async untilMidRun(worker: Process, runId: RunId, requests: number): Promise<boolean> {
    const { pool } = this.stage.database
    const held = 'select from live_runs where run_id = $1 and leased'
    const isMissed = async () => worker.isGone || this.#isOver(runId)
    await this.until(async () => (await pool.query(held, [runId])).rowCount === 1 || isMissed())
    const app = this.#cast.find(({ process }) => process === worker)?.app
    const answered = async () =>
      (await journalOf(this.stage, this.since)).filter((entry) => entry.app === app && entry.kind === 'request').length
    await this.until(async () => (await answered()) >= requests || isMissed())
    return !(await isMissed())
  }

  async #isOver(runId: RunId): Promise<boolean> {
    return (await this.run(runId))?.outcome !== 'pending'
  }

  run(runId: RunId): Promise<RunRow | undefined> {
    return readRun(this.stage, runId)
  }

  /** @throws Error after 40 s */
  async until(holds: () => Promise<boolean>, what = 'nothing of it happened'): Promise<void> {
    for (const deadline = Date.now() + patienceMs; !(await holds()); await pause(50))
      if (Date.now() > deadline) throw new Error(`${what} within ${patienceMs / 1_000} s`)
  }

  async untilEnded(runId: RunId): Promise<void> {
    await this.until(() => this.#isOver(runId), `run ${runId} did not end`)
  }

  /** The resident goes on with what a lost worker left, and how long after the loss it does is taken down. */
  async relieve(lost: Process, runId: RunId): Promise<void> {
    const { pool } = this.stage.database
    const read = async () =>
      (
        await pool.query<{ attempt: number; leased: boolean }>(
          'select attempt, leased from live_runs where run_id = $1',
          [runId],
        )
      ).rows[0]
    const left = await read()
    await this.stage.resident.work()
    const since = lost.goneAt ?? performance.now()
    await this.until(async () => {
      const now = await read()
      return now === undefined || (now.leased && (now.attempt > (left?.attempt ?? 0) || left?.leased === false))
    }, `run ${runId} was not resumed`)
    this.resumedMs = Math.round(performance.now() - since)
  }

  /** The lease of a worker process, if it has one. */
  async leaseOf({ pid }: Process): Promise<string | undefined> {
    const text = 'select id from workers where pid = $1 and lease_until > clock_timestamp()'
    return (await this.stage.database.pool.query<{ id: string }>(text, [pid])).rows[0]?.id
  }

  /** It has seen that its lease is over, and taken a new one. */
  async untilNewLease(worker: Process, before: string | undefined): Promise<void> {
    await this.until(async () => {
      const now = await this.leaseOf(worker)
      return now !== undefined && now !== before
    }, 'a worker that had stood still did not come back')
  }

  async isHeld(runId: RunId): Promise<boolean> {
    const { pool } = this.stage.database
    return (await pool.query('select from live_runs where run_id = $1 and leased', [runId])).rowCount === 1
  }

  /** It ended as it had to. */
  excuse(worker: Process): void {
    const place = this.#cast.findIndex(({ process }) => process === worker)
    const one = this.#cast[place]
    if (one !== undefined) this.#cast[place] = { ...one, end: 'killed' }
  }

  /** Stops a worker before what it is connected through goes away. */
  async finish(worker: Process): Promise<void> {
    const place = this.#cast.findIndex(({ process }) => process === worker)
    const one = this.#cast[place]
    if (one !== undefined)
      this.#cast[place] = { ...one, end: await participantOf(one, this.mayFinish).then(({ end }) => end) }
  }

  /** As time passing would: what waits for a later hour may begin. */
  async passTime(): Promise<void> {
    const { pool } = this.stage.database
    const { workspaceId } = this.ctx
    await pool.query('update live_runs set run_at = least(run_at, clock_timestamp()) where workspace_id = $1', [
      workspaceId,
    ])
    await pool.query('update lane_controls set blocked_until = null where workspace_id = $1', [workspaceId])
  }

  /** How many leases the case's own worker processes have. */
  async leases(): Promise<number> {
    const { pool } = this.stage.database
    const pids = this.#cast.map(({ process }) => process.pid)
    const text = 'select from workers where pid = any ($1) and lease_until > clock_timestamp()'
    return (await pool.query(text, [pids])).rowCount ?? 0
  }

  /** Lets everything end that has been begun, and takes down what it left. */
  async end(): Promise<Evidence> {
    await this.graph([])
    await this.stage.resident.work()
    for (const { id } of this.expected) await this.untilEnded(id as RunId)
    const cast = await Promise.all(this.#cast.map((one) => participantOf(one, this.mayFinish)))
    const resident = {
      name: 'the successor',
      app: this.appOf(0),
      end: await this.stage.resident.rest(),
      mayFinish: this.mayFinish,
    }
    return {
      journal: await journalOf(this.stage, this.since),
      answers: this.answers,
      expected: this.expected,
      kept: this.kept,
      ledger: await readLedger(this.stage, this.ctx.workspaceId),
      processes: [...cast, resident],
      leaseMs: this.stage.leaseMs,
      isCrowded: this.isCrowded,
      servedMs: this.servedMs,
      unsure: this.unsure,
      ...(this.resumedAfterRoomMs !== undefined && { resumedAfterRoomMs: this.resumedAfterRoomMs }),
      ...(this.stop && { stop: this.stop }),
      ...(this.resumedMs !== undefined && { resumedMs: this.resumedMs }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#cast) await process[Symbol.asyncDispose]()
    // What a failed case left in the queue must not be the next one's.
    for (const table of ['live_runs', 'outbox'])
      await this.stage.database.pool.query(`delete from ${table} where workspace_id = $1`, [this.ctx.workspaceId])
    await this.stage.resident.rest()
  }
}

async function participantOf({ name, process, app, isVictim, end }: Cast, mayFinish: number): Promise<Participant> {
  const wasKilled = isVictim && (process.wasKilled || process.wasAborted)
  return { name, app, end: end ?? (wasKilled ? 'killed' : await process.stop()), mayFinish }
}
