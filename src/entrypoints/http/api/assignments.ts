import { diffPolicies, diffWithBackup } from '#domain/assignments/diff-assignments.ts'
import { explainGroup } from '#domain/assignments/explain-group.ts'
import { explainPolicy } from '#domain/assignments/explain-policy.ts'
import { listOrphans } from '#domain/assignments/list-orphans.ts'
import { showAssignments } from '#domain/assignments/show-assignments.ts'
import { startFetch } from '#domain/assignments/start-fetch.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import { assignmentsDocument } from '#entrypoints/documents/assignments-document.ts'
import { groupExplanationDocument, policyExplanationDocument } from '#entrypoints/documents/explanation-document.ts'
import { orphanDocument } from '#entrypoints/documents/orphan-document.ts'
import { policyDiffDocument } from '#entrypoints/documents/policy-diff-document.ts'
import { tenantOf, triggerOf } from '#entrypoints/http/api/api-context.ts'
import { backupOf } from '#entrypoints/http/api/backup-of.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { policyTypesOf } from '#entrypoints/http/api/policy-types.ts'
import { overrideOf } from '#entrypoints/http/api/override-cooldown.ts'

export const assignments = {
  show: os.assignments.show.handler(async ({ context, input }) =>
    assignmentsDocument(await showAssignments(context.db, tenantOf(context), { policyId: asId(input.policy) })),
  ),
  diff: os.assignments.diff.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    const policyId = asId<PolicyId>(input.policy)
    if (input.with === undefined) {
      const backupSetId = await backupOf(context.db, tenant, input.backup)
      return policyDiffDocument(await diffWithBackup(context.db, tenant, { policyId, backupSetId }))
    }
    if (input.backup !== undefined)
      throw new Failure('invalid_input', 'with: name a backup or another policy, not both.')
    return policyDiffDocument(await diffPolicies(context.db, tenant, { policyId, otherId: asId(input.with) }))
  }),
  explain: os.assignments.explain.handler(async ({ context, input }) =>
    policyExplanationDocument(await explainPolicy(context.db, tenantOf(context), { policyId: asId(input.policy) })),
  ),
  explainGroup: os.assignments.explainGroup.handler(async ({ context, input: { group, limit, cursor } }) => {
    const explanation = await explainGroup(context.db, tenantOf(context), { group, limit, cursor })
    return { ...groupExplanationDocument(explanation), nextCursor: explanation.nextCursor }
  }),
  orphans: os.assignments.orphans.handler(async ({ context, input: { limit, cursor } }) => {
    const { items, nextCursor } = await listOrphans(context.db, tenantOf(context), { limit, cursor })
    return { items: items.map(orphanDocument), nextCursor }
  }),
  fetch: os.assignments.fetch.handler(async ({ context, input }) => {
    const ensured = await startFetch(context.db, tenantOf(context), {
      policyIds: input.policies?.map((id) => asId<PolicyId>(id)),
      types: policyTypesOf(input.types),
      trigger: triggerOf(context),
      ...overrideOf(context, input.override),
    })
    return answerStart(ensured)
  }),
}
