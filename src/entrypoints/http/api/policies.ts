import { showAssignments } from '#domain/assignments/show-assignments.ts'
import { findPolicy } from '#domain/inventory/find-policy.ts'
import { listPolicies } from '#domain/inventory/list-policies.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { contracts } from '#graph/contracts/registry.ts'
import { policyDetailDocument } from '#entrypoints/documents/assignments-document.ts'
import { policyDocument, policyRefDocument } from '#entrypoints/documents/policy-document.ts'
import { policyTypeDocument } from '#entrypoints/documents/policy-type-document.ts'
import { tenantOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { policyTypesOf } from '#entrypoints/http/api/policy-types.ts'

export const policies = {
  list: os.policies.list.handler(async ({ context, input }) => {
    const { type, search, name, graphId, state, sort, limit, cursor } = input
    const types = policyTypesOf(type)
    const filter = { types, search, name, graphId, state, sort, limit, cursor }
    const { items, nextCursor } = await listPolicies(context.db, tenantOf(context), filter)
    return { items: items.map(policyDocument), nextCursor }
  }),
  get: os.policies.get.handler(async ({ context, input }) =>
    policyDetailDocument(await showAssignments(context.db, tenantOf(context), { policyId: asId(input.policy) })),
  ),
  find: os.policies.find.handler(async ({ context, input: { name, type } }) =>
    policyRefDocument(await findPolicy(context.db, tenantOf(context), name, { types: policyTypesOf(type) })),
  ),
  types: os.policies.types.handler(() => ({ items: contracts.map(policyTypeDocument) })),
}
