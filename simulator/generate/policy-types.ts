import { mobileAppsCollection, type DraftNext } from './draft.ts'
import {
  appProtection,
  deviceAppConfiguration,
  informationProtection,
  targetedAppConfiguration,
  windowsAppProtection,
} from './app-management.ts'
import { mobileApp } from './apps.ts'
import { deviceCompliancePolicy } from './compliance.ts'
import { deviceConfiguration } from './device-configurations.ts'
import {
  appleUserInitiatedProfile,
  autopilotProfile,
  enrollmentConfiguration,
  enrollmentDefaults,
} from './enrollment.ts'
import { groupPolicyConfiguration } from './group-policy.ts'
import {
  biosConfiguration,
  brandingProfile,
  cloudPcProvisioningPolicy,
  cloudPcUserSetting,
  eBook,
  intent,
  iosProvisioningProfile,
  policySet,
  resourceAccessProfile,
  termsAndConditions,
  wdacSupplementalPolicy,
} from './other-policies.ts'
import { complianceScript, customAttributeScript, healthScript, powerShellScript, shellScript } from './scripts.ts'
import { linuxCompliancePolicy, settingsCatalogPolicy } from './settings-policies.ts'
import { driverUpdateProfile, expediteProfile, featureUpdateProfile, qualityUpdatePolicy } from './windows-updates.ts'

/** A collection of policies and how much of a tenant it is. */
export interface PolicyType {
  readonly collection: string
  /** Per thousand policies of a tenant. */
  readonly perThousand: number
  /** How many a tenant has at least. */
  readonly atLeast: number
  readonly draft: DraftNext
}

function type(collection: string, perThousand: number, draft: DraftNext, atLeast = 1): PolicyType {
  return { collection, perThousand, atLeast, draft }
}

/** In the order in which they are made: apps before what refers to them, policy sets after their members. */
export const policyTypes: readonly PolicyType[] = [
  type(mobileAppsCollection, 240, mobileApp),
  type('/deviceManagement/configurationPolicies', 390, settingsCatalogPolicy),
  type('/deviceManagement/deviceConfigurations', 92, deviceConfiguration),
  type('/deviceManagement/deviceCompliancePolicies', 40, deviceCompliancePolicy),
  type('/deviceManagement/compliancePolicies', 8, linuxCompliancePolicy),
  type('/deviceManagement/groupPolicyConfigurations', 28, groupPolicyConfiguration),
  type('/deviceManagement/deviceManagementScripts', 32, powerShellScript),
  type('/deviceManagement/deviceShellScripts', 12, shellScript),
  type('/deviceManagement/deviceCustomAttributeShellScripts', 4, customAttributeScript),
  type('/deviceManagement/deviceHealthScripts', 36, healthScript),
  type('/deviceManagement/deviceComplianceScripts', 4, complianceScript),
  type('/deviceAppManagement/mobileAppConfigurations', 20, deviceAppConfiguration),
  type('/deviceAppManagement/targetedManagedAppConfigurations', 8, targetedAppConfiguration),
  type('/deviceAppManagement/iosManagedAppProtections', 6, appProtection('ios')),
  type('/deviceAppManagement/androidManagedAppProtections', 6, appProtection('android')),
  type('/deviceAppManagement/windowsManagedAppProtections', 2, windowsAppProtection),
  type(
    '/deviceAppManagement/mdmWindowsInformationProtectionPolicies',
    1,
    informationProtection('mdmWindowsInformationProtectionPolicy'),
  ),
  type(
    '/deviceAppManagement/windowsInformationProtectionPolicies',
    1,
    informationProtection('windowsInformationProtectionPolicy'),
  ),
  type('/deviceManagement/windowsAutopilotDeploymentProfiles', 10, autopilotProfile),
  type('/deviceManagement/deviceEnrollmentConfigurations', 12, enrollmentConfiguration, enrollmentDefaults),
  type('/deviceManagement/windowsFeatureUpdateProfiles', 6, featureUpdateProfile),
  type('/deviceManagement/windowsQualityUpdateProfiles', 3, expediteProfile),
  type('/deviceManagement/windowsQualityUpdatePolicies', 2, qualityUpdatePolicy),
  type('/deviceManagement/windowsDriverUpdateProfiles', 5, driverUpdateProfile),
  type('/deviceManagement/intents', 10, intent),
  type('/deviceManagement/termsAndConditions', 2, termsAndConditions),
  type('/deviceManagement/virtualEndpoint/provisioningPolicies', 4, cloudPcProvisioningPolicy, 2),
  type('/deviceManagement/virtualEndpoint/userSettings', 2, cloudPcUserSetting),
  type('/deviceManagement/appleUserInitiatedEnrollmentProfiles', 2, appleUserInitiatedProfile),
  type('/deviceManagement/intuneBrandingProfiles', 2, brandingProfile),
  type('/deviceManagement/hardwareConfigurations', 2, biosConfiguration),
  type('/deviceManagement/resourceAccessProfiles', 1, resourceAccessProfile),
  type('/deviceAppManagement/wdacSupplementalPolicies', 1, wdacSupplementalPolicy),
  type('/deviceAppManagement/iosLobAppProvisioningConfigurations', 2, iosProvisioningProfile),
  type('/deviceAppManagement/managedEBooks', 2, eBook),
  type('/deviceAppManagement/policySets', 2, policySet),
]

/** How many policies of each type make `policies` in all; each type has its least, the rest goes by its share. */
export function policyCounts(policies: number): ReadonlyMap<PolicyType, number> {
  const counts = leastCounts(policies)
  const shares = policyTypes.map((policyType) => ({ policyType, wanted: (policies * policyType.perThousand) / 1000 }))
  let left = policies - [...counts.values()].reduce((sum, count) => sum + count, 0)
  for (const { policyType, wanted } of shares) {
    const more = Math.min(left, Math.max(0, Math.floor(wanted) - (counts.get(policyType) ?? 0)))
    counts.set(policyType, (counts.get(policyType) ?? 0) + more)
    left -= more
  }
  const [, settingsCatalog] = policyTypes
  if (settingsCatalog) counts.set(settingsCatalog, (counts.get(settingsCatalog) ?? 0) + left)
  return counts
}

/** The least of each type, the commonest types first where there is not room for all. */
function leastCounts(policies: number): Map<PolicyType, number> {
  const counts = new Map<PolicyType, number>()
  let left = policies
  for (const policyType of policyTypes.toSorted((a, b) => b.perThousand - a.perThousand)) {
    const count = Math.min(left, policyType.atLeast)
    counts.set(policyType, count)
    left -= count
  }
  return counts
}
