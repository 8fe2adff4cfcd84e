/** One policy as a page of Graph showed it, in the form the inventory keeps. */
import type { AssignmentSet } from '#domain/assignments/assignment.ts'
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { storableText } from '#domain/inventory/storable-text.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { GraphObject, PolicyRow, Read } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

/** Why something is not known. */
export interface Problem {
  readonly reason: Reason
  readonly message: string
}

/** Unread is not empty: what was stored before an unread one stays, marked stale. */
export type ObservedAssignments =
  | { readonly state: 'read'; readonly set: AssignmentSet }
  | { readonly state: 'unread'; readonly problem: Problem }
  /** Objects of this type have no assignments that could be read. */
  | { readonly state: 'none' }

export interface ObservedPolicy {
  readonly graphId: string
  readonly name: string
  readonly description: string | null
  readonly odataType: string | null
  readonly scopeTagIds: readonly string[]
  readonly modifiedAt: string | null
  readonly assignments: ObservedAssignments
}

export function observePolicy(contract: PolicyContract, { id, name, row, assignments }: PolicyRow): ObservedPolicy {
  return {
    graphId: id,
    name: storableText(name) || id,
    description: textOf(row['description']),
    odataType: textOf(row['@odata.type']),
    scopeTagIds: scopeTagIdsOf(contract, row),
    modifiedAt: momentOf(row['lastModifiedDateTime'] ?? row['modifiedDateTime']),
    assignments: observeAssignments(contract, assignments),
  }
}

export function observeAssignments(
  contract: PolicyContract,
  assignments: Read<readonly GraphObject[]>,
): ObservedAssignments {
  if (contract.assignmentsRead === 'none') return { state: 'none' }
  if (assignments.state === 'unread') return assignments
  try {
    return { state: 'read', set: normalizeAssignments(contract, assignments.value).set }
  } catch (error) {
    if (error instanceof Failure) return { state: 'unread', problem: error }
    throw error
  }
}

function scopeTagIdsOf({ scopeTagsProperty }: PolicyContract, row: GraphObject): string[] {
  const ids = scopeTagsProperty === null ? [] : row[scopeTagsProperty]
  return Array.isArray(ids) ? ids.map((id) => storableText(String(id))) : []
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? storableText(value) : null
}

/** A moment PostgreSQL takes; Graph writes the year 1 for "never", which is none. */
function momentOf(value: unknown): string | null {
  const moment = typeof value === 'string' ? new Date(value) : null
  if (moment === null || Number.isNaN(moment.getTime()) || moment.getUTCFullYear() < 1900) return null
  return moment.toISOString()
}
