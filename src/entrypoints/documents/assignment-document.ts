import type { AssignmentView } from '#domain/assignments/assignment-view.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'

/** One assignment: in words, and as it is. */
export interface AssignmentDocument {
  readonly words: string
  readonly target: Assignment['target']
  readonly group: {
    readonly id: string
    readonly name: string | null
    readonly kind: 'assigned' | 'dynamic' | null
    readonly isOrphaned: boolean
  } | null
  readonly filter: {
    readonly id: string
    readonly name: string | null
    readonly mode: 'include' | 'exclude'
    readonly rule: string | null
    readonly isOrphaned: boolean
  } | null
  readonly intent: string | null
  readonly settings: unknown
  readonly schedule: unknown
  readonly source: Assignment['source']
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
