/**
 * All policy types by key, in the order people see them. The compiler asks for each key of `PolicyType`; what is not
 * here has no endpoint in this product.
 */
import type { PolicyContract, PolicyType } from '#graph/contracts/contract.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import * as appProtection from '#graph/contracts/app-protection.ts'
import * as apps from '#graph/contracts/apps.ts'
import { intuneBrandingProfiles } from '#graph/contracts/branding.ts'
import * as cloudPc from '#graph/contracts/cloud-pc.ts'
import * as compliance from '#graph/contracts/compliance.ts'
import * as deviceConfiguration from '#graph/contracts/device-configuration.ts'
import { intents } from '#graph/contracts/endpoint-security.ts'
import * as enrollment from '#graph/contracts/enrollment.ts'
import { policySets } from '#graph/contracts/policy-sets.ts'
import { roleScopeTags } from '#graph/contracts/scope-tags.ts'
import * as scripts from '#graph/contracts/scripts.ts'
import { configurationPolicies } from '#graph/contracts/settings-catalog.ts'
import * as windowsUpdates from '#graph/contracts/windows-updates.ts'

const byType = {
  configurationPolicies,
  ...compliance,
  ...deviceConfiguration,
  ...scripts,
  ...apps,
  ...appProtection,
  ...enrollment,
  ...windowsUpdates,
  intents,
  ...cloudPc,
  policySets,
  intuneBrandingProfiles,
  roleScopeTags,
} as const satisfies { readonly [T in PolicyType]: PolicyContract & { readonly key: T } }

/** The contract of a policy type. */
export function contractOf(type: PolicyType): PolicyContract {
  return byType[type]
}

export const contracts: readonly PolicyContract[] = policyTypes.map(contractOf)

/** Whether an object is a contract of this registry, and not merely shaped like one. */
export function isRegistered(contract: PolicyContract): boolean {
  return contracts.includes(contract)
}
