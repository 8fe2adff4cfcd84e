import { badgeOf } from '#contract/badges.ts'
import type { AssignmentView } from '#domain/assignments/assignment-view.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { PolicySummary } from '#domain/inventory/list-policies.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

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
  readonly state: string
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

export const policyColumns: readonly Column<PolicyDocument>[] = [
  { key: 'name', header: 'POLICY', cell: (policy) => policy.name },
  { key: 'type', header: 'TYPE', cell: (policy) => policy.typeLabel, csv: (policy) => policy.type },
  {
    key: 'assignments',
    header: 'ASSIGNED',
    align: 'right',
    cell: ({ assignments }) =>
      assignments.count === null ? badgeOf('policyState', 'unread') : count(assignments.count),
    csv: ({ assignments }) => (assignments.count === null ? '' : String(assignments.count)),
  },
  {
    key: 'state',
    header: 'STATE',
    keepsWidth: true,
    cell: (policy) => badgeOf('policyState', policy.missingSince === null ? policy.assignments.state : 'missing'),
    csv: (policy) => (policy.missingSince === null ? policy.assignments.state : 'missing'),
  },
  {
    key: 'modifiedAt',
    header: 'MODIFIED',
    isMinor: true,
    cell: (policy) => ago(policy.modifiedAt, 'unknown'),
    csv: (policy) => policy.modifiedAt ?? '',
  },
  { key: 'id', header: 'ID', isId: true, cell: (policy) => policy.id },
]

/** One assignment: in words, and as it is. */
export interface AssignmentDocument {
  readonly words: string
  readonly target: Assignment['target']
  readonly group: {
    readonly id: string
    readonly name: string | null
    readonly kind: string | null
    readonly isOrphaned: boolean
  } | null
  readonly filter: {
    readonly id: string
    readonly name: string | null
    readonly mode: string
    readonly rule: string | null
    readonly isOrphaned: boolean
  } | null
  readonly intent: string | null
  readonly settings: unknown
  readonly schedule: unknown
  readonly source: string
}

export function assignmentDocument({ words, assignment, group, filter }: AssignmentView): AssignmentDocument {
  return {
    words,
    target: assignment.target,
    group: group && { id: group.id, name: group.name, kind: group.kind, isOrphaned: group.isOrphaned },
    filter: filter && {
      id: filter.id,
      name: filter.name,
      mode: filter.mode,
      rule: filter.rule,
      isOrphaned: filter.isOrphaned,
    },
    intent: assignment.intent ?? null,
    settings: assignment.settings ?? null,
    schedule: assignment.schedule ?? null,
    source: assignment.source,
  }
}

export const assignmentColumns: readonly Column<AssignmentDocument>[] = [
  { key: 'words', header: 'ASSIGNED TO', cell: (assignment) => assignment.words },
  { key: 'kind', header: 'KIND', cell: (assignment) => assignment.target.kind },
  { key: 'groupId', header: 'GROUP ID', isId: true, cell: (assignment) => assignment.group?.id ?? '' },
  { key: 'filterId', header: 'FILTER ID', isId: true, cell: (assignment) => assignment.filter?.id ?? '' },
]
