/**
 * What must hold after every restore, whatever was done to its workers: checked over the simulator's journal, which is
 * the witness, and over the write ledger, the run and the audit. Knows nothing of how a restore works.
 */
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { contentKey } from '#domain/assignments/assignment-key.ts'
import { hashAssignments } from '#domain/assignments/hash-assignments.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { RestoreItemState } from '#domain/restore/restore-run.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'

export interface WitnessedChange {
  readonly collection: string
  readonly id: string
  readonly before: readonly GraphObject[]
  readonly after: readonly GraphObject[]
}

export interface LedgerItem {
  readonly id: string
  readonly type: PolicyType
  readonly graphId: string
  readonly state: RestoreItemState
  readonly preview: readonly Assignment[]
  readonly desired: readonly Assignment[]
}

export interface Evidence {
  /** Requests that were to change assignments, by the simulator. */
  readonly writes: readonly { readonly clientRequestId?: string; readonly path?: string }[]
  /** Changes of assignments that Graph made, by the simulator, in order. */
  readonly changes: readonly WitnessedChange[]
  readonly items: readonly LedgerItem[]
  readonly sends: readonly { readonly clientRequestId: string; readonly itemId: string }[]
  readonly run: Pick<RunView, 'status' | 'outcome' | 'counts'>
  readonly audit: readonly { readonly action: string; readonly subject: string }[]
}

/** One sentence per violation; none when everything holds. */
export function violations(evidence: Evidence): string[] {
  return [
    ...oneEnd(evidence),
    ...noWriteWithoutIntent(evidence),
    ...evidence.items.flatMap((item) => onlyPlannedSets(item, evidence)),
    ...countsAreTheLedger(evidence),
    ...oneAuditEntry(evidence),
    ...verifiedMeansEqual(evidence),
  ]
}

/** I1 */
function oneEnd({ run, items }: Evidence): string[] {
  const open = items.filter(({ state }) => state === 'planned' || state === 'sending')
  return [
    ...(run.status === 'completed' ? [] : [`I1: the run is ${run.status}`]),
    ...open.map(({ graphId, state }) => `I1: ${graphId} is still ${state}`),
  ]
}

/** I2 */
function noWriteWithoutIntent({ writes, sends, items, changes }: Evidence): string[] {
  const intents = new Set(sends.map(({ clientRequestId }) => clientRequestId))
  const planned = new Set(items.map(({ graphId }) => graphId))
  return [
    ...writes
      .filter(({ clientRequestId = '' }) => !intents.has(clientRequestId))
      .map(({ path }) => `I2: no intent for ${path}`),
    ...changes.filter(({ id }) => !planned.has(id)).map(({ id }) => `I2: ${id} was changed and is not in the plan`),
  ]
}

/** I2, I3 */
function onlyPlannedSets({ type, graphId, preview, desired }: LedgerItem, { changes }: Evidence): string[] {
  const contract = contractOf(type)
  const sets = changes
    .filter(({ id, collection }) => id === graphId && collection === contract.collection)
    .map(({ before, after }) => ({ before: direct(type, before), after: direct(type, after) }))
    .filter(({ before, after }) => hashAssignments(before) !== hashAssignments(after))
  const [from, to] = [direct(type, preview), direct(type, desired)]
  if (contract.assign.kind !== 'perTarget') {
    const foreign = sets.filter(({ after }) => hashAssignments(after) !== hashAssignments(to))
    return [
      ...foreign.map(() => `I3: ${graphId} held a set that is neither before nor after`),
      ...(sets.length > 1 ? [`I2: ${graphId} was changed ${sets.length} times`] : []),
    ]
  }
  const shared = from.filter((row) => has(to, row))
  const lost = sets.filter(({ after }) => !shared.every((row) => has(after, row)))
  const foreign = sets.filter(({ after }) => !after.every((row) => has([...from, ...to], row)))
  const needed = from.length + to.length - 2 * shared.length
  return [
    ...lost.map(() => `I3: ${graphId} lost what it has before and after`),
    ...foreign.map(() => `I3: ${graphId} held what it has neither before nor after`),
    ...(sets.length > needed ? [`I2: ${graphId} was changed ${sets.length} times, ${needed} were needed`] : []),
  ]
}

/** I4 */
function countsAreTheLedger({ run: { counts }, items }: Evidence): string[] {
  const number = (...states: RestoreItemState[]) => items.filter(({ state }) => states.includes(state)).length
  const expected = {
    total: items.length,
    processed: items.length,
    succeeded: number('verified', 'no_change'),
    failed: number('conflict', 'failed', 'unknown'),
    skipped: number('skipped', 'awaiting_approval'),
    changed: number('verified'),
  }
  return Object.entries(expected)
    .filter(([key, value]) => (counts[key] ?? 0) !== value)
    .map(([key, value]) => `I4: ${key} is ${counts[key] ?? 0}, the ledger says ${value}`)
}

/** I5 */
function oneAuditEntry({ audit, items, sends }: Evidence): string[] {
  const ends = audit.filter(({ action }) => action === 'run.completed').length
  const sent = new Set(sends.map(({ itemId }) => itemId))
  const wrong = items.filter(({ id, type, graphId }) => {
    const entries = audit.filter(
      ({ action, subject }) => action === 'assignments.write' && subject === `${type}/${graphId}`,
    )
    return entries.length !== (sent.has(id) ? 1 : 0)
  })
  return [
    ...(ends === 1 ? [] : [`I5: ${ends} audit entries for the end of the run`]),
    ...wrong.map(({ graphId }) => `I5: not exactly one audit entry for the write of ${graphId}`),
  ]
}

/** I8 */
function verifiedMeansEqual({ items, changes }: Evidence): string[] {
  return items.flatMap(({ type, graphId, state, preview, desired }) => {
    if (state !== 'verified') return []
    const last = changes.findLast(({ id, collection }) => id === graphId && collection === contractOf(type).collection)
    const live = last === undefined ? preview : normal(type, last.after)
    const isEqual = hashAssignments(direct(type, live)) === hashAssignments(direct(type, desired))
    return isEqual ? [] : [`I8: ${graphId} is verified and live is something else`]
  })
}

function has(assignments: readonly Assignment[], wanted: Assignment): boolean {
  return assignments.some((row) => contentKey(row) === contentKey(wanted))
}

/** What is ours to write; rows as the simulator keeps them become their normal form first. */
function direct(type: PolicyType, rows: readonly (GraphObject | Assignment)[]): readonly Assignment[] {
  return normal(type, rows).filter(({ source }) => source === 'direct')
}

function normal(type: PolicyType, rows: readonly (GraphObject | Assignment)[]): readonly Assignment[] {
  return rows.every(isNormal)
    ? rows
    : normalizeAssignments(contractOf(type), rows as readonly GraphObject[]).set.assignments
}

function isNormal(row: GraphObject | Assignment): row is Assignment {
  return typeof row['target'] === 'object' && row['target'] !== null && 'kind' in row['target']
}
