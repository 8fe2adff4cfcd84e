import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

/** What can be done with a policy type: computed from its contract alone. */
export function policyTypeDocument(contract: PolicyContract) {
  return {
    type: contract.key,
    label: contract.labelPlural,
    platform: contract.platform,
    ...capabilitiesOf(contract),
  }
}
