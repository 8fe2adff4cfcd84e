import type { GroupExplanation, PolicyOfGroup } from '#domain/assignments/explain-group.ts'
import type { PolicyExplanation } from '#domain/assignments/explain-policy.ts'
import { assignmentDocument } from '#entrypoints/documents/assignment-document.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { freshnessDocument, policyRefDocument } from '#entrypoints/documents/policy-document.ts'

/** Who gets a policy. */
export function policyExplanationDocument(explanation: PolicyExplanation) {
  const { policy, freshness, includes, excludes, sentences } = explanation
  return {
    policy: policyRefDocument(policy),
    freshness: freshnessDocument(freshness),
    sentences,
    includes: includes.map(assignmentDocument),
    excludes: excludes.map(assignmentDocument),
  }
}

/** Which policies reach a group. */
export function groupExplanationDocument({ group, includedBy, excludedBy, everybody, unread }: GroupExplanation) {
  return {
    group: {
      id: group.groupId,
      name: group.name,
      kind: group.kind,
      membershipRule: group.membershipRule,
      missingSince: iso(group.missingSince),
    },
    includedBy: includedBy.map(policyOfGroupDocument),
    excludedBy: excludedBy.map(policyOfGroupDocument),
    everybody,
    unread,
  }
}

function policyOfGroupDocument(view: PolicyOfGroup) {
  return { policy: policyRefDocument(view.policy), assignment: assignmentDocument(view), state: view.state }
}
