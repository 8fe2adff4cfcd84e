/** Judges what the hosts left, by the rows of the ledger and the audit alone. */
import type { Check } from '../../tools/check.ts'
import { invariants } from '../violation.ts'

export interface RunEvidence {
  readonly id: string
  readonly outcome: string
  readonly attempts: number
  readonly counts: Readonly<Record<string, number>>
  readonly attemptLog: readonly AttemptEvidence[]
  /** Sums over the run's items. */
  readonly itemCounts: Readonly<Record<string, number>>
  /** Of the audit, for the end of the run. */
  readonly endEntries: readonly string[]
}

export interface AttemptEvidence {
  readonly attempt: number
  /** `host (process)`. */
  readonly worker: string | null
  readonly beganAt: string
  readonly endedAt: string
}

export interface HostsEvidence {
  /** The host that was cut off, and the runs it was in the middle of. */
  readonly cutOff: string
  readonly cutRuns: readonly string[]
  /** The runs of the first part. */
  readonly runs: readonly RunEvidence[]
  /** Their rows and items and the audit, before the host came back and after it worked again. */
  readonly before: string
  readonly after: string
  /** The runs it did once it was back, and alone. */
  readonly later: readonly RunEvidence[]
  readonly isRegisteredAnew: boolean
  readonly secondsToFinish: number
  /** By host; 0 is a sound end. */
  readonly exitCodes: Readonly<Record<string, number | null>>
  /** Secrets in what all of it left, a sentence each. */
  readonly leaks: readonly string[]
}

export function checkHosts(evidence: HostsEvidence): Check[] {
  const { cutOff, cutRuns, runs, later, leaks } = evidence
  const all = [...runs, ...later]
  const cut = runs.filter(({ id }) => cutRuns.includes(id))
  const bad = Object.entries(evidence.exitCodes).filter(([, code]) => code !== 0)
  return [
    check(`${cutOff} was cut off in the middle of runs`, cut.length > 0, `${cut.length} runs`, '≥ 1'),
    none(
      'the others finished them',
      cut.filter((run) => !wasFinishedElsewhere(run, cutOff)),
    ),
    check('from the cut to their end', true, `${evidence.secondsToFinish.toFixed(1)} s`, 'recorded'),
    none(
      'I1: every acknowledged start ended, once',
      all.filter(({ outcome }) => outcome !== 'succeeded'),
    ),
    none(
      'I4: counts are those of the item ledger',
      all.filter((run) => !hasItsCounts(run)),
    ),
    none(
      'I5: one audit entry for each end',
      all.filter(({ endEntries, outcome }) => endEntries.join() !== outcome),
    ),
    none('no two attempts of a run at once', all.filter(overlaps)),
    check(
      'back again, it changed nothing',
      evidence.before === evidence.after,
      evidence.before === evidence.after ? 'equal' : 'different',
      'equal',
    ),
    check('it registered anew', evidence.isRegisteredAnew, evidence.isRegisteredAnew ? 'yes' : 'no', 'yes'),
    check('alone, it works again', later.length > 0, `${later.length} runs`, '≥ 1'),
    check(
      'I7: every worker lived, and ended with code 0',
      bad.length === 0,
      bad.map(([name, code]) => `${name}: ${code}`).join(', ') || 'all',
      'all',
    ),
    check(`S2: ${invariants.S2}`, leaks.length === 0, leaks.join('; ') || 'none', 'none'),
  ]
}

function wasFinishedElsewhere({ attemptLog }: RunEvidence, cutOff: string): boolean {
  const [first, last] = [attemptLog[0], attemptLog.at(-1)]
  const isOn = (one: AttemptEvidence | undefined) => one?.worker?.startsWith(`${cutOff} `) === true
  return attemptLog.length > 1 && isOn(first) && !isOn(last)
}

function hasItsCounts({ counts, itemCounts }: RunEvidence): boolean {
  const keys = new Set([...Object.keys(counts), ...Object.keys(itemCounts)])
  return [...keys].every((key) => (counts[key] ?? 0) === (itemCounts[key] ?? 0))
}

/** An attempt that began before the one before it had ended. */
function overlaps({ attemptLog }: RunEvidence): boolean {
  return attemptLog.some((one, index) => {
    const before = attemptLog[index - 1]
    return before !== undefined && Date.parse(one.beganAt) < Date.parse(before.endedAt)
  })
}

function none(name: string, against: readonly RunEvidence[]): Check {
  return check(name, against.length === 0, against.map(({ id }) => id).join(', ') || 'all', 'all')
}

function check(name: string, ok: boolean, value: string, goal: string): Check {
  return { name, ok, value, goal }
}
