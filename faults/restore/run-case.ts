/**
 * One case: a fresh tenant is backed up, wrecked and restored. The run the case is about loses its worker (or an answer,
 * or is told to stop) on the way; another worker finishes it. What all of it left is judged at the end.
 */
import type { JournalEntry } from '../../simulator/control.ts'
import { actsOn } from './acts.ts'
import { checkInvariants } from './check-invariants.ts'
import { Crew } from './crew.ts'
import type { Acknowledged, Evidence } from './evidence.ts'
import { phases } from './plan-case.ts'
import type { FaultCase, Phase } from './plan-case.ts'
import { abandon, readLedger, untilEnded } from './read-ledger.ts'
import type { Stage } from './stage.ts'
import { strike } from './strike.ts'
import type { Struck } from './strike.ts'
import { addTenant } from './tenant.ts'
import type { CaseTenant } from './tenant.ts'
import type { Searched } from '../canaries/secret-watch.ts'
import { breaches, type Violation } from '../violation.ts'

export interface CaseResult {
  readonly isHit: boolean
  readonly violations: readonly Violation[]
  readonly searched?: Searched
  readonly seconds: number
}

export async function runCase(stage: Stage, planned: FaultCase): Promise<CaseResult> {
  const began = performance.now()
  await stage.watch.begin()
  const tenant = await addTenant(stage, planned.scene, planned.seed)
  const result = await play(stage, tenant, planned).catch((error: unknown) => brokenOff(error))
  await stage.control.clearFaults()
  await abandon(stage, tenant.ctx)
  return { ...result, seconds: (performance.now() - began) / 1_000 }
}

type Played = Pick<CaseResult, 'isHit' | 'violations' | 'searched'>

function brokenOff(error: unknown): Played {
  const says = `the case could not be played to its end: ${error instanceof Error ? error.message : String(error)}`
  return { isHit: false, violations: [{ invariant: 'I1', says }] }
}

async function play(stage: Stage, tenant: CaseTenant, planned: FaultCase): Promise<Played> {
  await using crew = new Crew(stage.workerFor(tenant.view), () => ({
    program: stage.worker,
    listener: stage.watch.listen(),
  }))
  const acts = actsOn(stage, tenant)
  const acknowledged: Acknowledged[] = []
  let struck: Struck = { isHit: false }
  for (const phase of phases) {
    if (phase === planned.phase) await crew.leave()
    const runId = await acts[phase]()
    acknowledged.push({ id: runId, act: phase, outcome: outcomeOf(planned, phase) })
    if (phase === planned.phase) struck = await strike({ stage, tenant, crew, runId }, planned)
    await crew.attend()
    await untilEnded(stage, runId)
  }
  // Something else for the worker that took over, and then the end.
  const nextId = await acts.next()
  acknowledged.push({ id: nextId, act: 'next', outcome: 'succeeded' })
  await untilEnded(stage, nextId)
  const successor = (await crew.leave()) ?? { code: null, complaint: 'it was gone' }
  const { isHit, ...rest } = struck
  const evidence = { ...rest, acknowledged, successor, ...(await readWitness(stage, tenant)) }
  const { leaks, ...searched } = await stage.watch.look(tenant.ctx, evidence.journal)
  return { isHit, searched, violations: [...checkInvariants(evidence), ...breaches('S2', leaks)] }
}

/** What Graph accepted and never did cannot be said to be done. */
function outcomeOf({ point }: FaultCase, phase: Phase): Acknowledged['outcome'] {
  return point === 'write_ignored' && phase === 'restore' ? 'partially_succeeded' : 'succeeded'
}

async function readWitness(
  stage: Stage,
  tenant: CaseTenant,
): Promise<Pick<Evidence, 'policies' | 'journal' | 'ledger'>> {
  const live = new Map((await stage.control.objects(tenant.view.id)).map((object) => [object.id, object.assignments]))
  return {
    policies: tenant.policies.map(({ wrecked, ...policy }) => ({
      ...policy,
      before: wrecked,
      live: live.get(policy.id) ?? [],
    })),
    journal: await journalOf(stage, tenant),
    ledger: await readLedger(stage, tenant.ctx),
  }
}

async function journalOf({ control }: Stage, { view, since }: CaseTenant): Promise<readonly JournalEntry[]> {
  const all: JournalEntry[] = []
  for (let after = since; ;) {
    const { entries, last } = await control.journal({ after, limit: 2_000, tenant: view.id })
    all.push(...entries)
    if (last === after) return all
    after = last
  }
}
