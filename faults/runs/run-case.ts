/** One case: a fresh tenant's run meets its fault; another worker finishes it; what all of it left is judged. */
import type { CaseResult } from '../case-result.ts'
import { breaches } from '../violation.ts'
import { describeBlow } from './blow.ts'
import { checkInvariants } from './check-invariants.ts'
import type { FaultCase } from './plan-case.ts'
import { Play } from './play.ts'
import { setStage } from './stage.ts'
import type { Stage, StageChange } from './stage.ts'
import { strike } from './strike.ts'
import { diskFull, startOnSmallDisk } from './strikes/disk-full.ts'
import { makeOldLedger, oldLedger, oldTenant } from './strikes/versions.ts'

export async function runCase(stage: Stage, planned: FaultCase): Promise<CaseResult> {
  const began = performance.now()
  const result = await played(stage, planned).catch((error: unknown) => brokenOff(error))
  return { ...nameOf(planned), ...result, seconds: (performance.now() - began) / 1_000 }
}

/** A case that needs a database of its own making, or a whole server of its own. */
export async function runCaseApart(serverUrl: string, planned: FaultCase, change: StageChange): Promise<CaseResult> {
  const began = performance.now()
  const { kind } = planned.blow
  const playing = kind === 'disk_full' ? onSmallDisk(planned, change) : onOldLedger(serverUrl, planned, change)
  const result = await playing.catch((error: unknown) => brokenOff(error))
  return { ...nameOf(planned), ...result, seconds: (performance.now() - began) / 1_000 }
}

async function onOldLedger(serverUrl: string, planned: FaultCase, change: StageChange): Promise<Played> {
  await using stage = await setStage(serverUrl, `old_ledger_${planned.seed}`, change, makeOldLedger)
  await using play = await Play.begin(stage, planned, oldTenant(1))
  const isHit = await oldLedger(play)
  return await judged(play, isHit)
}

async function onSmallDisk(planned: FaultCase, change: StageChange): Promise<Played> {
  await using server = await startOnSmallDisk()
  if (server === undefined) return { isHit: false, violations: [], skipped: 'it needs the right to mount a small disk' }
  await using stage = await setStage(server.url, 'disk_full', change)
  await using play = await Play.begin(stage, planned)
  const isHit = await diskFull(play, server.folder)
  return await judged(play, isHit)
}

type Played = Pick<CaseResult, 'isHit' | 'violations' | 'searched' | 'skipped'>

async function played(stage: Stage, planned: FaultCase): Promise<Played> {
  await using play = await Play.begin(stage, planned)
  const isHit = await strike(play)
  return await judged(play, isHit)
}

async function judged(play: Play, isHit: boolean): Promise<Played> {
  const evidence = await play.end()
  const { leaks, ...searched } = await play.stage.watch.look(play.ctx, evidence.journal)
  return { isHit, searched, violations: [...checkInvariants(evidence), ...breaches('S2', leaks)] }
}

export function brokenOff(error: unknown): Played {
  const says = `the case could not be played to its end: ${error instanceof Error ? error.message : String(error)}`
  return { isHit: false, violations: [{ invariant: 'I1', says }] }
}

export function nameOf({
  point,
  seed,
  scene,
  blow,
}: FaultCase): Pick<CaseResult, 'matrix' | 'point' | 'seed' | 'what'> {
  const refused = scene.refused === null ? '' : `, ${scene.refused} refused`
  const what = `${describeBlow(blow)} (${[scene.operation, ...scene.types].join(' ')}${refused})`
  return { matrix: 'runs', point, seed, what }
}
