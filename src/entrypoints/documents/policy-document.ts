import type { FreshnessDocument, PolicyDocument, PolicyRefDocument } from '#contract/api/policy-documents.ts'
import type { PolicySummary } from '#domain/inventory/list-policies.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** What every document that names a policy says of it. */
export function policyRefDocument({ id, type, graphId, name, missingSince }: PolicyRef): PolicyRefDocument {
  return { id, type, typeLabel: contractOf(type).label, graphId, name, missingSince: iso(missingSince) }
}

/** How fresh assignments are: `unread` is not "none". */
export function freshnessDocument({ state, observedAt, problem }: AssignmentsFreshness): FreshnessDocument {
  return { state, observedAt: iso(observedAt), problem }
}

export function policyDocument(policy: PolicySummary): PolicyDocument {
  return {
    ...policyRefDocument(policy),
    description: policy.description,
    scopeTagIds: policy.scopeTagIds,
    modifiedAt: iso(policy.modifiedAt),
    observedAt: policy.observedAt.toISOString(),
    assignments: { ...freshnessDocument(policy.assignments), count: policy.assignments.count },
  }
}
