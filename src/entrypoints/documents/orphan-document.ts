import type { Orphan } from '#domain/assignments/list-orphans.ts'
import { policyRefDocument } from '#entrypoints/documents/policy-document.ts'

/** An assignment that names a group or filter the tenant does not have any more. */
export function orphanDocument({ policy, words, lost }: Orphan) {
  return {
    policy: policyRefDocument(policy),
    words,
    lost: { kind: lost.kind, id: lost.id, name: lost.name, since: lost.since.toISOString() },
  }
}
