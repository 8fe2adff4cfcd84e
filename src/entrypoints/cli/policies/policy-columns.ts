import { badgeOf } from '#contract/badges.ts'
import type { AssignmentDocument, PolicyDocument } from '#contract/api/policy-documents.ts'
import { ago, count } from '#entrypoints/cli/output/cells.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

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

export const assignmentColumns: readonly Column<AssignmentDocument>[] = [
  { key: 'words', header: 'ASSIGNED TO', cell: (assignment) => assignment.words },
  { key: 'kind', header: 'KIND', cell: (assignment) => assignment.target.kind },
  { key: 'groupId', header: 'GROUP ID', isId: true, cell: (assignment) => assignment.group?.id ?? '' },
  { key: 'filterId', header: 'FILTER ID', isId: true, cell: (assignment) => assignment.filter?.id ?? '' },
]
