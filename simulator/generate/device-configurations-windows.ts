import type { GraphObject } from '../world.ts'
import { certificate, wifi, type ConfigurationTemplate } from './configuration-template.ts'
import type { Random } from './random.ts'

export const windowsConfigurations: readonly ConfigurationTemplate[] = [
  {
    type: 'windows10CustomConfiguration',
    platform: 'windows',
    subject: { en: 'Custom OMA-URI', de: 'Benutzerdefiniert (OMA-URI)', fr: 'Personnalisé (OMA-URI)' },
    weight: 12,
    values: (random) => ({ omaSettings: omaSettings(random) }),
  },
  {
    type: 'windowsUpdateForBusinessConfiguration',
    platform: 'windows',
    subject: { en: 'Update Ring', de: 'Updatering', fr: 'Anneau de mise à jour' },
    weight: 10,
    values: (random) => ({
      automaticUpdateMode: random.pick([
        'autoInstallAtMaintenanceTime',
        'windowsDefault',
        'autoInstallAndRebootAtScheduledTime',
      ]),
      microsoftUpdateServiceAllowed: true,
      driversExcluded: random.chance(0.4),
      qualityUpdatesDeferralPeriodInDays: random.pick([0, 2, 4, 7]),
      featureUpdatesDeferralPeriodInDays: random.pick([0, 30, 90, 180]),
      featureUpdatesRollbackWindowInDays: 10,
      deadlineForFeatureUpdatesInDays: random.pick([5, 7, 14]),
      deadlineForQualityUpdatesInDays: random.pick([2, 3, 5]),
      deadlineGracePeriodInDays: 2,
      postponeRebootUntilAfterDeadline: random.chance(0.5),
      qualityUpdatesPaused: random.chance(0.05),
      allowWindows11Upgrade: random.chance(0.6),
      userPauseAccess: 'disabled',
      userWindowsUpdateScanAccess: 'enabled',
      updateNotificationLevel: 'defaultNotifications',
      businessReadyUpdatesOnly: 'businessReadyOnly',
      installationSchedule: {
        '@odata.type': '#microsoft.graph.windowsUpdateActiveHoursInstall',
        activeHoursStart: '08:00:00.0000000',
        activeHoursEnd: '18:00:00.0000000',
      },
    }),
  },
  {
    type: 'windows10GeneralConfiguration',
    platform: 'windows',
    subject: { en: 'Device Restrictions', de: 'Geräteeinschränkungen', fr: 'Restrictions d’appareil' },
    weight: 9,
    values: (random) => ({
      cortanaBlocked: true,
      passwordRequired: random.chance(0.6),
      passwordMinimumLength: random.pick([6, 8, 12]),
      passwordMinutesOfInactivityBeforeScreenTimeout: random.pick([5, 10, 15]),
      passwordBlockSimple: true,
      bluetoothBlockDiscoverableMode: random.chance(0.3),
      storageBlockRemovableStorage: random.chance(0.25),
      edgeBlockPasswordManager: true,
      windowsSpotlightBlockConsumerSpecificFeatures: true,
      windowsStoreBlocked: random.chance(0.3),
      settingsBlockGamingPage: true,
      diagnosticsDataSubmissionMode: random.pick(['basic', 'none', 'userDefined']),
    }),
  },
  {
    type: 'windows10EndpointProtectionConfiguration',
    platform: 'windows',
    subject: { en: 'Endpoint Protection', de: 'Endpoint Protection', fr: 'Protection du point de terminaison' },
    weight: 5,
    values: (random) => ({
      bitLockerEncryptDevice: true,
      bitLockerDisableWarningForOtherDiskEncryption: true,
      bitLockerAllowStandardUserEncryption: true,
      smartScreenEnableInShell: true,
      smartScreenBlockOverrideForFiles: random.chance(0.7),
      defenderSecurityCenterOrganizationDisplayName: 'IT Service Desk',
      deviceGuardEnableVirtualizationBasedSecurity: random.chance(0.7),
      localSecurityOptionsMachineInactivityLimit: random.pick([600, 900]),
    }),
  },
  {
    type: 'windowsDeliveryOptimizationConfiguration',
    platform: 'windows',
    subject: { en: 'Delivery Optimization', de: 'Übermittlungsoptimierung', fr: 'Optimisation de la distribution' },
    weight: 3,
    values: (random) => ({
      deliveryOptimizationMode: random.pick(['httpWithPeeringNat', 'httpWithPeeringPrivateGroup']),
      maximumCacheAgeInDays: 7,
      restrictPeerSelectionBy: 'subnetMask',
    }),
  },
  {
    type: 'windowsHealthMonitoringConfiguration',
    platform: 'windows',
    subject: { en: 'Endpoint Analytics', de: 'Endpunktanalyse', fr: 'Analyse des points de terminaison' },
    weight: 2,
    values: () => ({
      allowDeviceHealthMonitoring: 'enabled',
      configDeviceHealthMonitoringScope: 'bootPerformance,windowsUpdates',
    }),
  },
  {
    type: 'windowsIdentityProtectionConfiguration',
    platform: 'windows',
    subject: { en: 'Identity Protection', de: 'Identitätsschutz', fr: 'Protection de l’identité' },
    weight: 3,
    values: (random) => ({
      pinMinimumLength: random.pick([6, 8]),
      pinMaximumLength: 127,
      pinRecoveryEnabled: true,
      securityDeviceRequired: true,
      unlockWithBiometricsEnabled: true,
      windowsHelloForBusinessBlocked: false,
      useSecurityKeyForSignin: random.chance(0.5),
    }),
  },
  {
    type: 'windowsDomainJoinConfiguration',
    platform: 'windows',
    subject: { en: 'Hybrid Join', de: 'Hybrid Join', fr: 'Jonction hybride' },
    weight: 2,
    values: (random, { prefix }) => ({
      activeDirectoryDomainName: `corp.${prefix.toLowerCase()}.local`,
      computerNameStaticPrefix: `${prefix}-`,
      computerNameSuffixRandomCharCount: 8,
      organizationalUnit: `OU=Intune,OU=${random.pick(['Clients', 'Workstations'])},DC=corp,DC=${prefix.toLowerCase()},DC=local`,
    }),
  },
  {
    type: 'windows81TrustedRootCertificate',
    platform: 'windows',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 5,
    values: (random, organisation) => ({
      certFileName: `${organisation.prefix}-RootCA.cer`,
      destinationStore: random.pick(['computerCertStoreRoot', 'computerCertStoreIntermediate']),
      trustedRootCertificate: certificate(random, organisation),
    }),
  },
  {
    type: 'windows81SCEPCertificateProfile',
    platform: 'windows',
    subject: { en: 'SCEP Device Certificate', de: 'SCEP-Gerätezertifikat', fr: 'Certificat SCEP' },
    weight: 4,
    values: (_random, { prefix }) => ({
      certificateValidityPeriodScale: 'years',
      certificateValidityPeriodValue: 1,
      certificateStore: 'machine',
      keySize: 'size2048',
      hashAlgorithm: 'sha2',
      keyUsage: 'keyEncipherment,digitalSignature',
      renewalThresholdPercentage: 20,
      subjectNameFormat: 'custom',
      subjectNameFormatString: 'CN={{AAD_Device_ID}}',
      scepServerUrls: [`https://ndes.${prefix.toLowerCase()}.example.com/certsrv/mscep/mscep.dll`],
      extendedKeyUsages: [{ name: 'Client Authentication', objectIdentifier: '1.3.6.1.5.5.7.3.2' }],
    }),
  },
  {
    type: 'windowsWifiConfiguration',
    platform: 'windows',
    subject: { en: 'Wi-Fi', de: 'WLAN', fr: 'Wi-Fi' },
    weight: 4,
    values: wifi('wifiSecurityType', 'wpa2Enterprise'),
  },
  {
    type: 'editionUpgradeConfiguration',
    platform: 'windows',
    subject: { en: 'Edition Upgrade', de: 'Edition-Upgrade', fr: 'Mise à niveau d’édition' },
    weight: 1,
    values: () => ({
      targetEdition: 'windows10Enterprise',
      licenseType: 'productKey',
      productKey: '#####-#####-#####-#####-66QFC',
    }),
  },
  {
    type: 'sharedPCConfiguration',
    platform: 'windows',
    subject: { en: 'Shared PC', de: 'Gemeinsam genutzte PCs', fr: 'PC partagés' },
    weight: 2,
    values: () => ({
      enabled: true,
      allowedAccounts: 'guest,domain',
      setPowerPolicies: 'enabled',
      maintenanceStartTime: '03:00:00.0000000',
      idleTimeBeforeSleepInSeconds: 3600,
    }),
  },
]

function omaSettings(random: Random): GraphObject[] {
  return Array.from({ length: random.int(1, 5) }, () => random.pick(omaSettingMakers)(random))
}

const omaBase = { description: null, isEncrypted: false, secretReferenceValueId: null }

const omaSettingMakers: readonly ((random: Random) => GraphObject)[] = [
  (random) => ({
    '@odata.type': '#microsoft.graph.omaSettingInteger',
    ...omaBase,
    displayName: random.pick(['Disable Fast Startup', 'Hide Windows Chat', 'Allow Telemetry']),
    omaUri: `./Device/Vendor/MSFT/Policy/Config/${random.pick(['Power/HibernateEnabled', 'Experience/ConfigureChatIcon', 'System/AllowTelemetry'])}`,
    isReadOnly: false,
    value: random.int(0, 3),
  }),
  (random) => ({
    '@odata.type': '#microsoft.graph.omaSettingString',
    ...omaBase,
    displayName: random.pick(['Start Layout', 'Lock Screen Image', 'Chrome ADMX']),
    omaUri: `./Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/${random.pick(['Chrome/Policy/ChromeAdmx', 'Receiver/Policy/ReceiverAdmx'])}`,
    value: `<enabled/><data id="Setting" value="${random.int(1, 99)}"/>`,
  }),
  // Graph never gives the secret itself back, only a reference to it.
  (random) => ({
    '@odata.type': '#microsoft.graph.omaSettingString',
    ...omaBase,
    displayName: 'VPN shared secret',
    omaUri: './Vendor/MSFT/VPNv2/Corporate/ProfileXML',
    isEncrypted: true,
    secretReferenceValueId: `${random.guid()}_${random.guid()}_${random.guid()}`,
    value: '****',
  }),
]
