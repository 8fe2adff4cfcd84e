import type { AssignmentsView } from '#domain/assignments/show-assignments.ts'
import { assignmentDocument } from '#entrypoints/documents/assignment-document.ts'
import { freshnessDocument, policyRefDocument } from '#entrypoints/documents/policy-document.ts'

/** The assignments of a policy; null when they were never read. */
export function assignmentsDocument({ policy, freshness, hash, assignments }: AssignmentsView) {
  return {
    policy: policyRefDocument(policy),
    freshness: freshnessDocument(freshness),
    hash,
    assignments: assignments?.map(assignmentDocument) ?? null,
  }
}

/** A policy with its scope tags and who it is assigned to. */
export function policyDetailDocument({ policy, scopeTags, freshness, assignments }: AssignmentsView) {
  return {
    ...policyRefDocument(policy),
    scopeTags,
    freshness: freshnessDocument(freshness),
    assignments: assignments?.map(assignmentDocument) ?? null,
  }
}
