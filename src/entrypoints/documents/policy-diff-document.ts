import type { PolicyDiff } from '#domain/assignments/diff-assignments.ts'
import { freshnessDocument, policyRefDocument } from '#entrypoints/documents/policy-document.ts'

/** How the assignments of a policy differ from those of a backup or of another policy. */
export function policyDiffDocument({ policy, freshness, lines, diff }: PolicyDiff) {
  return {
    policy: policyRefDocument(policy),
    freshness: freshnessDocument(freshness),
    unchanged: diff.unchanged.length,
    lines: lines.map(({ kind, text }) => ({ kind, text })),
  }
}
