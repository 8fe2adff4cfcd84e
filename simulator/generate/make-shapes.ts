import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Makes `shapes.json`: for every object type the generator builds, all its properties (its bases' included) with the
 * value Graph sends when nothing is set; without `isAssigned`, which the service works out when it is read. Made from
 * Microsoft's published metadata; run it again when that changes:
 * `node simulator/generate/make-shapes.ts ../shared/graph/contract/types-beta.json`
 */

export interface MetadataType {
  base?: string
  derived?: string[]
  navigation?: Record<string, string>
  properties: Record<string, string>
}

/** The part of the extracted metadata that shapes are made from. */
export interface Metadata {
  types: Record<string, MetadataType>
  enums: Record<string, { members: string[] }>
}

export type Shapes = Record<string, Record<string, unknown>>

export const shapedTypes = `
  deviceManagementConfigurationPolicy deviceManagementCompliancePolicy groupPolicyConfiguration deviceManagementIntent
  deviceManagementScript deviceShellScript deviceCustomAttributeShellScript deviceHealthScript deviceComplianceScript
  windows10GeneralConfiguration windows10CustomConfiguration windows10EndpointProtectionConfiguration
  windowsUpdateForBusinessConfiguration windowsDeliveryOptimizationConfiguration windowsHealthMonitoringConfiguration
  windowsIdentityProtectionConfiguration windowsDomainJoinConfiguration windows81TrustedRootCertificate
  windows81SCEPCertificateProfile windowsWifiConfiguration editionUpgradeConfiguration sharedPCConfiguration
  iosGeneralDeviceConfiguration iosDeviceFeaturesConfiguration iosCustomConfiguration iosTrustedRootCertificate
  iosEnterpriseWiFiConfiguration iosUpdateConfiguration iosEasEmailProfileConfiguration
  macOSGeneralDeviceConfiguration macOSCustomConfiguration macOSCustomAppConfiguration macOSExtensionsConfiguration
  macOSDeviceFeaturesConfiguration macOSTrustedRootCertificate macOSSoftwareUpdateConfiguration
  androidDeviceOwnerGeneralDeviceConfiguration androidWorkProfileGeneralDeviceConfiguration
  androidDeviceOwnerTrustedRootCertificate androidDeviceOwnerEnterpriseWiFiConfiguration aospDeviceOwnerDeviceConfiguration
  windows10CompliancePolicy iosCompliancePolicy macOSCompliancePolicy androidDeviceOwnerCompliancePolicy
  androidWorkProfileCompliancePolicy aospDeviceOwnerCompliancePolicy
  win32LobApp winGetApp officeSuiteApp windowsMicrosoftEdgeApp windowsUniversalAppX windowsMobileMSI webApp windowsWebApp
  iosVppApp iosStoreApp iosLobApp iosiPadOSWebClip managedIOSStoreApp managedAndroidStoreApp androidManagedStoreApp
  macOSLobApp macOSPkgApp macOSDmgApp macOsVppApp macOSOfficeSuiteApp macOSMicrosoftEdgeApp macOSMicrosoftDefenderApp
  macOSWebClip
  iosMobileAppConfiguration androidManagedStoreAppConfiguration targetedManagedAppConfiguration
  iosManagedAppProtection androidManagedAppProtection windowsManagedAppProtection
  mdmWindowsInformationProtectionPolicy windowsInformationProtectionPolicy
  azureADWindowsAutopilotDeploymentProfile activeDirectoryWindowsAutopilotDeploymentProfile
  deviceEnrollmentLimitConfiguration deviceEnrollmentPlatformRestrictionsConfiguration
  deviceEnrollmentPlatformRestrictionConfiguration deviceEnrollmentWindowsHelloForBusinessConfiguration
  windows10EnrollmentCompletionPageConfiguration deviceComanagementAuthorityConfiguration
  deviceEnrollmentNotificationConfiguration windowsRestoreDeviceEnrollmentConfiguration
  windowsFeatureUpdateProfile windowsQualityUpdateProfile windowsQualityUpdatePolicy windowsDriverUpdateProfile
  deviceAndAppManagementAssignmentFilter roleScopeTag termsAndConditions cloudPcProvisioningPolicy cloudPcUserSetting
  appleUserInitiatedEnrollmentProfile policySet intuneBrandingProfile hardwareConfiguration windows10XVpnConfiguration
  windows10XTrustedRootCertificate windows10XWifiConfiguration windowsDefenderApplicationControlSupplementalPolicy
  iosLobAppProvisioningConfiguration iosVppEBook notificationMessageTemplate
`
  .trim()
  .split(/\s+/)

/** The shapes of `shapedTypes`, from the metadata. */
export function makeShapes(metadata: Metadata): Shapes {
  return Object.fromEntries(shapedTypes.map((type) => [type, shapeFrom(metadata, type)]))
}

/** One type with all it inherits. */
export function shapeFrom(metadata: Metadata, type: string): Record<string, unknown> {
  const described = metadata.types[type]
  if (!described) throw new Error(`The metadata has no type ${type}.`)
  const shape = described.base ? shapeFrom(metadata, described.base) : {}
  for (const [name, kind] of Object.entries(described.properties)) {
    if (name !== 'isAssigned') shape[name] = unsetValue(metadata, kind)
  }
  return shape
}

const unsetPrimitives: Record<string, unknown> = {
  'Edm.String!': '',
  'Edm.Boolean!': false,
  'Edm.DateTimeOffset!': '0001-01-01T00:00:00Z',
  'Edm.Duration!': 'PT0S',
  'Edm.Binary!': '',
  'Edm.TimeOfDay!': '00:00:00.0000000',
}

function unsetValue(metadata: Metadata, kind: string): unknown {
  if (kind.startsWith('Collection(')) return []
  if (!kind.endsWith('!')) return null
  if (kind in unsetPrimitives) return unsetPrimitives[kind]
  if (kind.startsWith('Edm.')) return 0
  const named = kind.slice('graph.'.length, -1)
  const members = metadata.enums[named]?.members
  return members ? (members[0] ?? null) : shapeFrom(metadata, named)
}

if (import.meta.main) {
  const metadata = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Metadata
  const lines = Object.entries(makeShapes(metadata)).map(
    ([type, shape]) => `  ${JSON.stringify(type)}: ${JSON.stringify(shape)}`,
  )
  writeFileSync(new URL('shapes.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
}
