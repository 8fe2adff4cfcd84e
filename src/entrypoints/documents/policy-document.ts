import type { PolicySummary } from '#domain/inventory/list-policies.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** What every document that names a policy says of it. */
export interface PolicyRefDocument {
  readonly id: string
  readonly type: string
  readonly typeLabel: string
  readonly graphId: string
  readonly name: string
  readonly missingSince: string | null
}

export function policyRefDocument({ id, type, graphId, name, missingSince }: PolicyRef): PolicyRefDocument {
  return { id, type, typeLabel: contractOf(type).label, graphId, name, missingSince: iso(missingSince) }
}

/** How fresh assignments are: `unread` is not "none". */
export interface FreshnessDocument {
  readonly state: AssignmentsFreshness['state']
  readonly observedAt: string | null
  readonly problem: string | null
}

export function freshnessDocument({ state, observedAt, problem }: AssignmentsFreshness): FreshnessDocument {
  return { state, observedAt: iso(observedAt), problem }
}

export interface PolicyDocument extends PolicyRefDocument {
  readonly description: string | null
  readonly scopeTagIds: readonly string[]
  readonly modifiedAt: string | null
  readonly observedAt: string
  /** `count` is null when they were never read. */
  readonly assignments: FreshnessDocument & { readonly count: number | null }
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
