/**
 * The plan of one policy: what is live, what shall be, whether and why not it can be written. Pure. A policy that cannot
 * be restored exactly is left out with the reason: it is never narrowed, and never broadened.
 */
import { compareAssignments } from '#domain/assignments/compare-assignments.ts'
import { describeDiff } from '#domain/assignments/describe-assignment.ts'
import type { DiffLine } from '#domain/assignments/describe-assignment.ts'
import { desiredAssignments } from '#domain/assignments/desired-assignments.ts'
import type { RestoreMode } from '#domain/assignments/desired-assignments.ts'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import { nameOrId } from '#domain/assignments/names.ts'
import type { Names } from '#domain/assignments/names.ts'
import { filterIdsOf, groupIdsOf } from '#domain/assignments/referenced-ids.ts'
import { toGraphAssignments } from '#domain/assignments/to-graph-assignments.ts'
import type { Assignment, AssignmentSet } from '#domain/assignments/assignment.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { GraphObject, GraphProblem } from '#graph/client/graph-client.ts'
import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

/** Why something is not done, in words for the person who plans. */
export interface Refusal {
  readonly reason: Reason
  readonly message: string
}

/** What a source says about a policy: the set to bring back, or why it cannot be used. */
export type Wanted =
  | { readonly state: 'known'; readonly assignments: readonly Assignment[] }
  | { readonly state: 'unusable'; readonly refusal: Refusal }

/** What is live. */
export type Live =
  | { readonly state: 'read'; readonly row: GraphObject; readonly assignments: AssignmentSet }
  /** A complete answer does not have the policy. */
  | { readonly state: 'missing' }
  | {
      readonly state: 'unread'
      readonly problem: Pick<GraphProblem, 'reason' | 'message'> & { readonly retryAfterMs?: number | undefined }
    }

/** Whether what assignments refer to is still there. */
export interface Directory extends Names {
  groupState(id: string): 'found' | 'missing' | 'unread'
  filterState(id: string): 'found' | 'missing' | 'unread'
}

export interface PlanSubject {
  readonly contract: PolicyContract
  readonly mode: RestoreMode
  readonly wanted: Wanted
  readonly live: Live
  readonly directory: Directory
}

/** What a check counts. */
export type Notice = 'all_users' | 'all_devices' | 'remediation'
export type SkipCause = 'snapshots' | 'policies' | 'live' | 'targets' | 'policy_types'

export type PlannedItem =
  | {
      readonly plan: 'write'
      readonly preview: AssignmentSet
      readonly desired: AssignmentSet
      readonly diff: readonly DiffLine[]
      readonly notices: readonly Notice[]
    }
  | { readonly plan: 'no_change'; readonly preview: AssignmentSet; readonly desired: AssignmentSet }
  | {
      readonly plan: 'skip'
      readonly cause: SkipCause
      readonly refusal: Refusal
      /** Where both sides are known: what would have been written. */
      readonly diff: readonly DiffLine[]
    }

export function planItem(subject: PlanSubject): PlannedItem {
  const { contract, mode, wanted, live, directory } = subject
  if (capabilitiesOf(contract).canRestore === 'no') return skip('policy_types', withoutAssignments(contract))
  if (wanted.state === 'unusable') return skip('snapshots', wanted.refusal)
  if (live.state === 'missing') return skip('policies', { reason: 'not_found', message: policyIsGone })
  if (live.state === 'unread') return skip('live', { reason: live.problem.reason, message: notReadable(live.problem) })
  const preview = live.assignments
  const desired = tryDesired(mode, { snapshot: wanted.assignments, live: preview.assignments })
  if ('refusal' in desired) return skip('targets', desired.refusal)
  if (desired.hash === preview.hash) return { plan: 'no_change', preview, desired }
  const comparison = compareAssignments(preview.assignments, desired.assignments)
  const diff = describeDiff(comparison, directory)
  const toWrite = rowsToWrite(contract, { preview, desired })
  const unwritable = whyNotWritable(contract, live.row) ?? whyNotSayable(contract, toWrite)
  if (unwritable) return skip('policy_types', unwritable, diff)
  const lost = whyTargetsAreLost(toWrite, directory)
  if (lost) return skip('targets', lost, diff)
  return { plan: 'write', preview, desired, diff, notices: noticesOf(preview, desired, toWrite) }
}

const policyIsGone = 'The policy is no longer in the tenant; restoring assignments does not create it again.'

function withoutAssignments({ labelPlural }: PolicyContract): Refusal {
  return { reason: 'unsupported', message: `${labelPlural} have no assignments that could be restored.` }
}

function skip(cause: SkipCause, refusal: Refusal, diff: readonly DiffLine[] = []): PlannedItem {
  return { plan: 'skip', cause, refusal, diff }
}

function notReadable({ message }: Pick<GraphProblem, 'message'>): string {
  return `What is live could not be read, so nothing is written: ${message}`
}

function tryDesired(
  mode: RestoreMode,
  sides: { readonly snapshot: readonly Assignment[]; readonly live: readonly Assignment[] },
): AssignmentSet | { readonly refusal: Refusal } {
  try {
    return assignmentSet(desiredAssignments(mode, sides))
  } catch (error) {
    if (error instanceof Failure) return { refusal: error }
    throw error
  }
}

/** What Graph would be told: the whole set, or for target-by-target types only what is new. */
function rowsToWrite(
  { assign }: PolicyContract,
  { preview, desired }: { readonly preview: AssignmentSet; readonly desired: AssignmentSet },
): readonly Assignment[] {
  const direct = desired.assignments.filter(({ source }) => source === 'direct')
  if (assign.kind !== 'perTarget') return direct
  const { added, changed } = compareAssignments(preview.assignments, direct)
  return [...added, ...changed.map(({ to }) => to)].filter(({ source }) => source === 'direct')
}

function whyNotWritable(contract: PolicyContract, row: GraphObject): Refusal | null {
  const { canRestore } = capabilitiesOf(contract)
  if (canRestore === 'previewOnly') {
    const why = contract.assign.kind === 'unsupported' ? `: ${contract.assign.why}` : ''
    return {
      reason: 'unsupported',
      message: `Assignments of ${contract.labelPlural} are shown and never written${why}.`,
    }
  }
  for (const quirk of contract.quirks) {
    if (quirk === 'priorityZeroIsDefault' && row['priority'] === 0) return isBuiltIn
    if (quirk === 'defaultProfileIsBuiltIn' && row['isDefaultProfile'] === true) return isBuiltIn
    if (quirk === 'assignNeedsPublished' && isUnpublished(row)) {
      return { reason: 'invalid_state', message: 'The app is not published yet; Intune assigns only published apps.' }
    }
  }
  return null
}

const isBuiltIn: Refusal = {
  reason: 'not_applicable',
  message: 'This is the default that Intune made; its assignment belongs to the service and is never written.',
}

function isUnpublished(row: GraphObject): boolean {
  const state = row['publishingState']
  return state !== undefined && state !== null && state !== 'published'
}

function whyNotSayable(contract: PolicyContract, rows: readonly Assignment[]): Refusal | null {
  try {
    toGraphAssignments(contract, rows)
    return null
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** A target that the directory has lost would be written as nothing, or as an error: the person decides, not we. */
function whyTargetsAreLost(rows: readonly Assignment[], directory: Directory): Refusal | null {
  const groups = groupIdsOf(rows).map((id) => ({
    what: 'group',
    name: nameOf(id, directory.group(id)),
    state: directory.groupState(id),
  }))
  const filters = filterIdsOf(rows).map((id) => ({
    what: 'filter',
    name: nameOf(id, directory.filter(id)),
    state: directory.filterState(id),
  }))
  const targets = [...groups, ...filters]
  const missing = targets.filter(({ state }) => state === 'missing')
  if (missing.length > 0)
    return {
      reason: 'not_found',
      message: `No longer in the tenant: ${listed(missing)}. Nothing is written instead of them.`,
    }
  const unread = targets.filter(({ state }) => state === 'unread')
  if (unread.length > 0)
    return { reason: 'incomplete_read', message: `Could not be looked up: ${listed(unread)}. Make the plan again.` }
  return null
}

function nameOf(id: string, known: ReturnType<Names['group']>): string {
  return nameOrId(id, known === undefined ? undefined : { ...known, isDeleted: false })
}

function listed(targets: readonly { readonly what: string; readonly name: string }[]): string {
  const words = targets.slice(0, 3).map(({ what, name }) => `${what} "${name}"`)
  return targets.length > words.length
    ? `${words.join(', ')} and ${targets.length - words.length} more`
    : words.join(', ')
}

function noticesOf(preview: AssignmentSet, desired: AssignmentSet, toWrite: readonly Assignment[]): Notice[] {
  const gains = (kind: 'allUsers' | 'allDevices') =>
    desired.assignments.some(({ target }) => target.kind === kind) &&
    !preview.assignments.some(({ target }) => target.kind === kind)
  const turnsRemediationOn = toWrite.some(
    ({ schedule, runRemediationScript }) => schedule !== undefined && runRemediationScript === undefined,
  )
  return [
    ...(gains('allUsers') ? (['all_users'] as const) : []),
    ...(gains('allDevices') ? (['all_devices'] as const) : []),
    ...(turnsRemediationOn ? (['remediation'] as const) : []),
  ]
}
