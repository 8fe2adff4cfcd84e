/** Does to a run that was just started what its case says, and tells whether it hit. */
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkerProcess } from '#domain/restore/testing-worker-process.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { Exit, Stop } from '../exits.ts'
import type { Crew } from './crew.ts'
import type { Blow, FaultCase } from './plan-case.ts'
import { hasEnded, intentsOf, leftBy, untilEnded, workersOf } from './read-ledger.ts'
import type { Stage } from './stage.ts'
import type { CaseTenant } from './tenant.ts'

export interface Target {
  readonly stage: Stage
  readonly tenant: CaseTenant
  readonly crew: Crew
  readonly runId: RunId
}

export interface Struck {
  readonly isHit: boolean
  readonly stop?: Stop
  /** How a worker ended that came too late for its run. */
  readonly woken?: Exit
}

export async function strike(target: Target, { point, blow }: FaultCase): Promise<Struck> {
  switch (blow.kind) {
    case 'kill':
      return kill(target, `${point}:kill@${blow.at}`, blow.slow)
    case 'reply_lost':
    case 'write_ignored':
      return spoilWrite(target, blow)
    case 'sigterm':
      return terminate(target, blow.intents)
    case 'frozen':
      return freeze(target, blow.intents)
  }
}

async function kill(target: Target, failpoint: string, isSlow: boolean): Promise<Struck> {
  const { stage, crew, runId } = target
  if (isSlow) await slowDown(target)
  await using worker = await crew.spawn(failpoint)
  await untilGone(stage, worker, runId)
  const isHit = worker.isGone() && (await worker.exited).signal === 'SIGKILL'
  await stage.control.clearFaults()
  return { isHit }
}

/** Every request of the tenant takes a while, so that its run lasts longer than several heartbeats. */
async function slowDown({ stage, tenant }: Target): Promise<void> {
  const match = { tenant: tenant.view.id }
  await stage.control.setFaults({ faults: [{ match, count: null, effect: { kind: 'delay', ms: 80 } }] })
}

const patienceMs = 30_000
/** After its run has ended, a worker reaches its failpoint soon or never. */
const afterEndMs = 2_500

async function untilGone(stage: Stage, worker: WorkerProcess, runId: RunId): Promise<void> {
  let deadline = Date.now() + patienceMs
  for (let isOver = false; !worker.isGone() && Date.now() < deadline; await pause(20)) {
    if (isOver || !(await hasEnded(stage, runId))) continue
    isOver = true
    deadline = Date.now() + afterEndMs
  }
}

const spoiling = {
  reply_lost: { kind: 'reset', when: 'afterApply' },
  write_ignored: { kind: 'ignoreWrite' },
} as const

async function spoilWrite(target: Target, { kind, write }: Extract<Blow, { write: number }>): Promise<Struck> {
  const { stage, tenant, crew, runId } = target
  const match = { tenant: tenant.view.id, app: 'writer' }
  await stage.control.setFaults({ faults: [{ id: kind, match, after: write - 1, effect: spoiling[kind] }] })
  await crew.attend()
  await untilEnded(stage, runId)
  const [fault] = await stage.control.faults()
  await stage.control.clearFaults()
  return { isHit: fault?.hits === 1 }
}

async function terminate(target: Target, intents: number): Promise<Struck> {
  const { stage, runId } = target
  await using worker = await workingSlowly(target, intents)
  const began = performance.now()
  const { code, complaint } = await Promise.race([worker.stop(), gaveUp()])
  const tookMs = Math.round(performance.now() - began)
  await stage.control.clearFaults()
  const isHit = !(await hasEnded(stage, runId))
  return { isHit, stop: { code, complaint, tookMs, ...(await leftBy(stage, runId)) } }
}

/** A worker in the middle of its run: so many intents are committed, and Graph takes its time. */
async function workingSlowly(target: Target, intents: number): Promise<WorkerProcess> {
  const { stage, crew, runId } = target
  await slowDown(target)
  const worker = await crew.spawn()
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline && (await intentsOf(stage, runId)) < intents;)
    await pause(10)
  return worker
}

/** A worker that does not stop is killed when its case is over. */
async function gaveUp() {
  return pause(patienceMs, { code: null, complaint: 'it did not end' }, { ref: false })
}

/** The woken one has seen that its lease is over, and taken a new one. */
async function untilBothWork(stage: Stage): Promise<void> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline && (await workersOf(stage)) < 2;) await pause(20)
}

/** From its intent to its bytes, with much to spare; Graph takes longer still to answer. */
const untilSentMs = 40

/** The one that wakes finds its run done by another: it must change nothing any more. */
async function freeze(target: Target, intents: number): Promise<Struck> {
  const { stage, crew, runId } = target
  await using worker = await workingSlowly(target, intents)
  await pause(untilSentMs)
  worker.freeze()
  const isHit = !(await hasEnded(stage, runId))
  await crew.attend()
  await untilEnded(stage, runId)
  await stage.control.clearFaults()
  worker.thaw()
  await untilBothWork(stage)
  return { isHit, woken: await Promise.race([worker.stop(), gaveUp()]) }
}
