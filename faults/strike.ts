/** Does to a run that was just started what its case says, and tells whether it hit. */
import { setTimeout as pause } from 'node:timers/promises'
import { spawnWorker } from '#domain/restore/testing-worker-process.ts'
import type { WorkerProcess } from '#domain/restore/testing-worker-process.ts'
import type { RunId } from '#foundation/kernel/ids.ts'
import type { Crew } from './crew.ts'
import type { Stop } from './evidence.ts'
import type { Blow, FaultCase } from './plan-case.ts'
import { hasEnded, intentsOf, leftBy, untilEnded } from './read-ledger.ts'
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
}

export async function strike(target: Target, { point, blow }: FaultCase): Promise<Struck> {
  switch (blow.kind) {
    case 'kill':
      return kill(target, `${point}:kill@${blow.at}`, blow.slow)
    case 'reply_lost':
      return loseReply(target, blow)
    case 'sigterm':
      return terminate(target, blow)
  }
}

async function kill(target: Target, failpoint: string, isSlow: boolean): Promise<Struck> {
  const { stage, crew, runId } = target
  if (isSlow) await slowDown(target)
  await using worker = await spawnWorker(crew.args, failpoint)
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

async function loseReply(target: Target, { write }: Blow & { kind: 'reply_lost' }): Promise<Struck> {
  const { stage, tenant, crew, runId } = target
  const match = { tenant: tenant.view.id, app: 'writer' }
  const effect = { kind: 'reset', when: 'afterApply' } as const
  await stage.control.setFaults({ faults: [{ match, after: write - 1, effect }] })
  await crew.attend()
  await untilEnded(stage, runId)
  const [fault] = await stage.control.faults()
  await stage.control.clearFaults()
  return { isHit: fault?.hits === 1 }
}

async function terminate(target: Target, { intents }: Blow & { kind: 'sigterm' }): Promise<Struck> {
  const { stage, crew, runId } = target
  await slowDown(target)
  await using worker = await spawnWorker(crew.args)
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline && (await intentsOf(stage, runId)) < intents;)
    await pause(10)
  const began = performance.now()
  const { code, complaint } = await Promise.race([worker.stop(), gaveUp()])
  const tookMs = Math.round(performance.now() - began)
  await stage.control.clearFaults()
  const isHit = !(await hasEnded(stage, runId))
  return { isHit, stop: { code, complaint, tookMs, ...(await leftBy(stage, runId)) } }
}

/** A worker that does not stop is killed when its case is over. */
async function gaveUp() {
  return pause(patienceMs, { code: null, complaint: 'it did not end' }, { ref: false })
}
