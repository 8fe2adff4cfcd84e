/**
 * I2: nothing is done by a worker whose claim is over, or for a run that has ended. Each process has an app registration
 * of its own, so the journal says whose request it was.
 */
import type { JournalEntry } from '../../simulator/control.ts'
import type { Evidence, Participant } from './evidence.ts'

export function requestsOutOfTurn(evidence: Evidence): string[] {
  return evidence.processes.flatMap((process) => {
    const late = lateRequests(evidence, process)
    const allowed = process.end === 'killed' ? 0 : process.mayFinish
    const [first] = late
    return first === undefined || late.length <= allowed
      ? []
      : [`${process.name} made ${late.length} requests without a claim, the first at ${first.at}: ${first.path}`]
  })
}

/** Requests of a process outside every run, or after another process had gone on with the run. */
function lateRequests(
  { journal, ledger, processes, isCrowded = false }: Evidence,
  { app }: Participant,
): JournalEntry[] {
  const apps = new Set(processes.map((one) => one.app))
  const requests = journal.filter((entry) => entry.kind === 'request' && apps.has(entry.app ?? ''))
  const spans = ledger.runs.map(({ started_at: begin, completed_at: end }) => ({ begin, end }))
  return requests.filter((request) => {
    if (request.app !== app) return false
    const at = new Date(request.at)
    const span = spans.find(({ begin, end }) => begin !== null && begin <= at && (end === null || at <= end))
    return span === undefined || (!isCrowded && isOvertaken(request, requests, span))
  })
}

/**
 * Whether another process that began later had made a request for the same run before. By when they arrived: an entry is
 * written when its answer leaves.
 */
function isOvertaken(
  request: JournalEntry,
  requests: readonly JournalEntry[],
  { begin, end }: { readonly begin: Date | null; readonly end: Date | null },
): boolean {
  const within = requests.filter(
    ({ at }) => (begin === null || begin <= new Date(at)) && (end === null || new Date(at) <= end),
  )
  const firstOf = (app: string | null) =>
    Math.min(...within.flatMap((one) => (one.app === app ? [Date.parse(one.at)] : [])))
  const own = firstOf(request.app)
  return within.some((other) => other.app !== request.app && other.at < request.at && firstOf(other.app) > own)
}

/** An item that was written after its run had ended, or by an attempt after a later one had begun. */
export function changedAfterEnd({ ledger }: Evidence): string[] {
  return ledger.items.flatMap(({ run_id, item_key, attempt, updated_at }) => {
    const run = ledger.runs.find(({ id }) => id === run_id)
    if (run === undefined) return []
    if (run.completed_at !== null && updated_at > run.completed_at)
      return [`item ${item_key} was written after its run had ended`]
    const next = run.attempt_log?.find((one) => one.attempt === attempt + 1)
    return next !== undefined && updated_at > new Date(next.beganAt)
      ? [`item ${item_key} was written by attempt ${attempt} after attempt ${next.attempt} had begun`]
      : []
  })
}

/** Rows of runs that had ended before something came for them once more. */
export function changedOnRedelivery({ kept, ledger }: Evidence): string[] {
  return kept
    .filter((before) => JSON.stringify(before) !== JSON.stringify(ledger.runs.find(({ id }) => id === before.id)))
    .map(({ type }) => `a ${type} run that had ended was changed`)
}

/** No more processes than attempts worked on a run. */
export function sharedRuns({ journal, ledger, processes, isCrowded = false }: Evidence): string[] {
  if (isCrowded) return []
  const apps = new Set(processes.map(({ app }) => app))
  return ledger.runs.flatMap(({ type, attempts, started_at: begin, completed_at: end }) => {
    if (begin === null || end === null) return []
    const within = journal.filter(({ kind, at }) => kind === 'request' && begin <= new Date(at) && new Date(at) <= end)
    const workers = new Set(within.map(({ app }) => app ?? '').filter((app) => apps.has(app)))
    return workers.size <= attempts ? [] : [`${workers.size} processes worked in ${attempts} attempts of a ${type} run`]
  })
}
