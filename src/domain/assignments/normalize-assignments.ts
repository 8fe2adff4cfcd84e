/**
 * From what Graph returned to the normal form. A set is understood whole or not at all: one row with a target this
 * version does not know leaves the policy's assignments unread, never shortened.
 */
import { ZodError } from 'zod'
import { canonicalSchedule, canonicalValue } from '#domain/assignments/canonical-value.ts'
import { assignmentSet } from '#domain/assignments/hash-assignments.ts'
import { rawAssignment } from '#domain/assignments/raw-assignment.ts'
import type { RawAssignment } from '#domain/assignments/raw-assignment.ts'
import { unknownPropertiesOf } from '#domain/assignments/unknown-properties.ts'
import type { Assignment, AssignmentSet } from '#domain/assignments/assignment.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

export interface NormalizedAssignments {
  readonly set: AssignmentSet
  /** Properties the service returned and no contract knows, sorted, e.g. `target.groupName`: never compared or written. */
  readonly unknownProperties: string[]
}

/**
 * The assignments of one policy in normal form.
 * @throws Failure `incomplete_read` when any row cannot be understood.
 */
export function normalizeAssignments(contract: PolicyContract, raw: readonly GraphObject[]): NormalizedAssignments {
  const assignments = raw.map((row, index) => understand(contract, row, index))
  const unknown = new Set(raw.flatMap((row) => unknownPropertiesOf(contract, row)))
  return { set: assignmentSet(assignments), unknownProperties: [...unknown].toSorted() }
}

function understand(contract: PolicyContract, row: GraphObject, index: number): Assignment {
  try {
    return normalizeRow(contract, rawAssignment.parse(row))
  } catch (error) {
    if (!(error instanceof ZodError || error instanceof RangeError)) throw error
    throw new Failure('incomplete_read', `Assignment ${index + 1} was not understood: ${explain(error)}.`, {
      detail: { type: contract.key, row: index + 1 },
      cause: error,
    })
  }
}

function normalizeRow(contract: PolicyContract, row: RawAssignment): Assignment {
  const takes = contract.assignmentProperties
  const intent = intentOf(contract, row)
  const settings = takesSettings(contract, row) ? canonicalValue(row.settings) : undefined
  const schedule = takes.includes('runSchedule') && row.runSchedule ? canonicalSchedule(row.runSchedule) : undefined
  return {
    target: row.target.is,
    filter: row.target.filter,
    ...(intent ? { intent } : {}),
    ...(settings === undefined ? {} : { settings }),
    ...(schedule === undefined ? {} : { schedule }),
    ...remediationFlag(contract, row),
    source: row.source === 'policySets' ? 'policySet' : 'direct',
  }
}

function intentOf({ assignmentProperties: takes }: PolicyContract, row: RawAssignment): string | null | undefined {
  if (takes.includes('installIntent')) return row.installIntent
  if (!takes.includes('intent')) return undefined
  // A configuration written without an intent is applied and reads back so; an app has no such default.
  return row.intent ?? (takes.includes('settings') ? undefined : 'apply')
}

/** Intune refuses install settings on an exclusion; what a read shows there means nothing. */
function takesSettings({ assignmentProperties, quirks }: PolicyContract, { target }: RawAssignment): boolean {
  if (target.is.kind === 'exclusion' && quirks.includes('exclusionsCarryNoSettings')) return false
  return assignmentProperties.includes('settings')
}

/** Where the service reads false after true was written, false says nothing. */
function remediationFlag(contract: PolicyContract, row: RawAssignment): Pick<Assignment, 'runRemediationScript'> {
  const flag = row.runRemediationScript
  if (!contract.assignmentProperties.includes('runRemediationScript') || typeof flag !== 'boolean') return {}
  return !flag && contract.quirks.includes('remediationFlagReadsFalse') ? {} : { runRemediationScript: flag }
}

function explain(error: ZodError | RangeError): string {
  if (error instanceof RangeError) return error.message
  const issue = error.issues[0]
  return issue ? `${issue.path.join('.') || 'the row'}: ${issue.message}` : 'it has an unexpected form'
}
