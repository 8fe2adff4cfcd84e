import type { AssignmentDocument } from '#contract/api/policy-documents.ts'
import type { AssignmentView } from '#domain/assignments/assignment-view.ts'

/** One assignment: in words, and as it is. */
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
