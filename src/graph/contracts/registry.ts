/**
 * All policy types by key, in the order people see them. The compiler asks for each key of `PolicyType`; what is not
 * here has no endpoint in this product.
 */
import {
  androidManagedAppProtections,
  iosManagedAppProtections,
  mdmWindowsInformationProtectionPolicies,
  targetedManagedAppConfigurations,
  windowsInformationProtectionPolicies,
  windowsManagedAppProtections,
} from '#graph/contracts/app-protection.ts'
import {
  iosLobAppProvisioningConfigurations,
  managedEBooks,
  mobileAppConfigurations,
  mobileApps,
  wdacSupplementalPolicies,
} from '#graph/contracts/apps.ts'
import { intuneBrandingProfiles } from '#graph/contracts/branding.ts'
import { cloudPcProvisioningPolicies, cloudPcUserSettings } from '#graph/contracts/cloud-pc.ts'
import { compliancePolicies, deviceCompliancePolicies } from '#graph/contracts/compliance.ts'
import type { PolicyContract, PolicyType } from '#graph/contracts/contract.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import {
  deviceConfigurations,
  groupPolicyConfigurations,
  hardwareConfigurations,
  resourceAccessProfiles,
} from '#graph/contracts/device-configuration.ts'
import { intents } from '#graph/contracts/endpoint-security.ts'
import {
  appleUserInitiatedEnrollmentProfiles,
  deviceEnrollmentConfigurations,
  termsAndConditions,
  windowsAutopilotDeploymentProfiles,
} from '#graph/contracts/enrollment.ts'
import { policySets } from '#graph/contracts/policy-sets.ts'
import { roleScopeTags } from '#graph/contracts/scope-tags.ts'
import {
  deviceComplianceScripts,
  deviceCustomAttributeShellScripts,
  deviceHealthScripts,
  deviceManagementScripts,
  deviceShellScripts,
} from '#graph/contracts/scripts.ts'
import { configurationPolicies } from '#graph/contracts/settings-catalog.ts'
import {
  windowsDriverUpdateProfiles,
  windowsFeatureUpdateProfiles,
  windowsQualityUpdatePolicies,
  windowsQualityUpdateProfiles,
} from '#graph/contracts/windows-updates.ts'

const byType = {
  configurationPolicies,
  compliancePolicies,
  deviceConfigurations,
  deviceCompliancePolicies,
  groupPolicyConfigurations,
  deviceManagementScripts,
  deviceShellScripts,
  deviceCustomAttributeShellScripts,
  deviceHealthScripts,
  deviceComplianceScripts,
  mobileApps,
  mobileAppConfigurations,
  targetedManagedAppConfigurations,
  iosManagedAppProtections,
  androidManagedAppProtections,
  windowsManagedAppProtections,
  mdmWindowsInformationProtectionPolicies,
  windowsInformationProtectionPolicies,
  windowsAutopilotDeploymentProfiles,
  deviceEnrollmentConfigurations,
  windowsFeatureUpdateProfiles,
  windowsQualityUpdateProfiles,
  windowsQualityUpdatePolicies,
  windowsDriverUpdateProfiles,
  intents,
  termsAndConditions,
  cloudPcProvisioningPolicies,
  cloudPcUserSettings,
  appleUserInitiatedEnrollmentProfiles,
  policySets,
  intuneBrandingProfiles,
  hardwareConfigurations,
  resourceAccessProfiles,
  wdacSupplementalPolicies,
  iosLobAppProvisioningConfigurations,
  managedEBooks,
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
