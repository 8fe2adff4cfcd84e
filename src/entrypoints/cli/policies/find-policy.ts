import type { PolicyRefDocument } from '#contract/api/policy-documents.ts'
import type { Session, Tenant } from '#entrypoints/cli/session.ts'

/**
 * The policy with that name, id or Graph id, of these types where types are given.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous`
 */
export async function findPolicy(
  { api }: Session,
  tenant: Tenant,
  text: string,
  types?: readonly string[],
): Promise<PolicyRefDocument> {
  return api.policies.find({ ...tenant.at, name: text, ...(types && { type: [...types] }) })
}
