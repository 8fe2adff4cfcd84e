/** When two assignments are about the same thing: the keys by which sets are compared and merged. */
import { canonicalJson } from '#foundation/kernel/canonical-json.ts'
import type { Assignment, AssignmentTarget } from '#domain/assignments/assignment.ts'

/** What is compared and hashed: all of an assignment but what Graph does not read back. */
export function comparedPart(assignment: Assignment): Omit<Assignment, 'runRemediationScript'> {
  const { runRemediationScript: _, ...compared } = assignment
  return compared
}

/** Equal for assignments that say the same; orders a set canonically. */
export function contentKey(assignment: Assignment): string {
  return canonicalJson(comparedPart(assignment))
}

/**
 * Equal for assignments to the same target, whatever filter, settings or schedule they carry. An install intent is part
 * of it (one group may be assigned an app once per intent), `apply` and `remove` of a configuration are not.
 */
export function targetKey(assignment: Assignment): string {
  return canonicalJson({ ...slot(assignment), kind: assignment.target.kind, source: assignment.source })
}

/** Equal also for a group and its exclusion: what live can hold only once. */
export function slotKey(assignment: Assignment): string {
  return canonicalJson(slot(assignment))
}

function slot({ target, intent }: Assignment): Readonly<Record<string, string | undefined>> {
  const installIntent = intent === 'apply' || intent === 'remove' ? undefined : intent
  return { ...place(target), intent: installIntent }
}

function place(target: AssignmentTarget): Readonly<Record<string, string | undefined>> {
  switch (target.kind) {
    case 'group':
    case 'exclusion':
      return { groupId: target.groupId }
    case 'cloudPcGroup':
      return { groupId: target.groupId, servicePlanId: target.servicePlanId }
    case 'configManagerCollection':
      return { collectionId: target.collectionId }
    case 'allUsers':
    case 'allDevices':
      return { everyone: target.kind }
  }
}
