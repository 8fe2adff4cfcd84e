import type { GraphObject } from '../world.ts'
import { base64, type Draft, type DraftContext } from './draft.ts'
import { daysAgo } from './graph-dates.ts'
import type { Subject } from './names.ts'
import type { Organisation } from './organisation.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'

interface Template {
  readonly type: string
  readonly platform: Platform
  readonly subject: Subject
  readonly weight: number
  readonly audience?: 'users'
  readonly values: (random: Random, organisation: Organisation) => GraphObject
}

const templates: readonly Template[] = [
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
  {
    type: 'iosGeneralDeviceConfiguration',
    platform: 'ios',
    subject: { en: 'Device Restrictions', de: 'Geräteeinschränkungen', fr: 'Restrictions d’appareil' },
    weight: 6,
    values: (random) => ({
      passcodeRequired: true,
      passcodeMinimumLength: 6,
      airDropBlocked: random.chance(0.4),
      iCloudBlockBackup: true,
      appStoreBlockAutomaticDownloads: random.chance(0.5),
      siriBlockedWhenLocked: true,
      safariBlockFraudWarning: false,
    }),
  },
  {
    type: 'iosDeviceFeaturesConfiguration',
    platform: 'ios',
    subject: { en: 'Home Screen and SSO', de: 'Startbildschirm und SSO', fr: 'Écran d’accueil et SSO' },
    weight: 4,
    values: (_random, { name }) => ({
      lockScreenFootnote: `Property of ${name}`,
      assetTagTemplate: '{{serialnumber}}',
      homeScreenGridWidth: 4,
      homeScreenGridHeight: 6,
    }),
  },
  {
    type: 'iosCustomConfiguration',
    platform: 'ios',
    subject: { en: 'Custom Profile', de: 'Eigenes Profil', fr: 'Profil personnalisé' },
    weight: 2,
    values: appleProfile('ios'),
  },
  {
    type: 'iosTrustedRootCertificate',
    platform: 'ios',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 3,
    values: rootCertificate,
  },
  {
    type: 'iosEnterpriseWiFiConfiguration',
    platform: 'ios',
    subject: { en: 'Corporate Wi-Fi', de: 'Firmen-WLAN', fr: 'Wi-Fi d’entreprise' },
    weight: 4,
    values: wifi('wiFiSecurityType', 'wpa2Enterprise'),
  },
  {
    type: 'iosUpdateConfiguration',
    platform: 'ios',
    subject: { en: 'Software Updates', de: 'Softwareupdates', fr: 'Mises à jour' },
    weight: 2,
    values: (random) => ({
      isEnabled: true,
      activeHoursStart: '07:00:00.0000000',
      activeHoursEnd: '19:00:00.0000000',
      utcTimeOffsetInMinutes: 60,
      enforcedSoftwareUpdateDelayInDays: random.pick([null, 14, 30]),
      scheduledInstallDays: ['tuesday', 'thursday'],
    }),
  },
  {
    type: 'iosEasEmailProfileConfiguration',
    platform: 'ios',
    audience: 'users',
    subject: { en: 'Exchange Mail', de: 'Exchange-Mail', fr: 'Messagerie Exchange' },
    weight: 2,
    values: () => ({
      hostName: 'outlook.office365.com',
      accountName: 'Mail',
      requireSsl: true,
      useOAuth: true,
      durationOfEmailToSync: 'oneMonth',
      authenticationMethod: 'usernameAndPassword',
    }),
  },
  {
    type: 'macOSGeneralDeviceConfiguration',
    platform: 'macos',
    subject: { en: 'Device Restrictions', de: 'Geräteeinschränkungen', fr: 'Restrictions d’appareil' },
    weight: 3,
    values: (random) => ({
      passwordRequired: true,
      passwordMinimumLength: random.pick([8, 12]),
      passwordBlockSimple: true,
      iCloudBlockMusicService: random.chance(0.4),
      softwareUpdatesEnforcedDelayInDays: 14,
      airDropBlocked: random.chance(0.3),
    }),
  },
  {
    type: 'macOSCustomConfiguration',
    platform: 'macos',
    subject: { en: 'Custom Profile', de: 'Eigenes Profil', fr: 'Profil personnalisé' },
    weight: 6,
    values: appleProfile('macos'),
  },
  {
    type: 'macOSCustomAppConfiguration',
    platform: 'macos',
    subject: { en: 'App Preferences', de: 'App-Einstellungen', fr: 'Préférences d’app' },
    weight: 3,
    values: (random) => ({
      bundleId: random.pick(['com.microsoft.Edge', 'com.google.Chrome', 'us.zoom.config']),
      fileName: 'preferences.plist',
      configurationXml: base64('<key>RestoreOnStartup</key><integer>4</integer>'),
    }),
  },
  {
    type: 'macOSExtensionsConfiguration',
    platform: 'macos',
    subject: { en: 'System Extensions', de: 'Systemerweiterungen', fr: 'Extensions système' },
    weight: 2,
    values: () => ({
      systemExtensionsAllowed: [
        { teamIdentifier: 'UBF8T346G9', bundleId: 'com.microsoft.wdav.epsext' },
        { teamIdentifier: 'UBF8T346G9', bundleId: 'com.microsoft.wdav.netext' },
      ],
    }),
  },
  {
    type: 'macOSDeviceFeaturesConfiguration',
    platform: 'macos',
    subject: { en: 'Login Window', de: 'Anmeldefenster', fr: 'Fenêtre de connexion' },
    weight: 2,
    values: (_random, { name }) => ({
      loginWindowText: `${name} – authorised use only`,
      adminShowHostInfo: true,
      restartDisabled: false,
    }),
  },
  {
    type: 'macOSTrustedRootCertificate',
    platform: 'macos',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 2,
    values: rootCertificate,
  },
  {
    type: 'macOSSoftwareUpdateConfiguration',
    platform: 'macos',
    subject: { en: 'Software Updates', de: 'Softwareupdates', fr: 'Mises à jour' },
    weight: 2,
    values: (random) => ({
      criticalUpdateBehavior: 'installASAP',
      configDataUpdateBehavior: 'installASAP',
      allOtherUpdateBehavior: random.pick(['downloadOnly', 'installLater']),
      updateScheduleType: 'alwaysUpdate',
    }),
  },
  {
    type: 'androidDeviceOwnerGeneralDeviceConfiguration',
    platform: 'android',
    subject: {
      en: 'Fully Managed Restrictions',
      de: 'Einschränkungen (vollständig verwaltet)',
      fr: 'Restrictions (entièrement géré)',
    },
    weight: 5,
    values: (random) => ({
      passwordRequiredType: 'numericComplex',
      passwordMinimumLength: 6,
      screenCaptureBlocked: random.chance(0.3),
      factoryResetBlocked: true,
      storageBlockExternalMedia: random.chance(0.4),
      systemUpdateInstallType: 'windowed',
      statusBarBlocked: random.chance(0.2),
    }),
  },
  {
    type: 'androidWorkProfileGeneralDeviceConfiguration',
    platform: 'android',
    subject: { en: 'Work Profile Restrictions', de: 'Arbeitsprofil', fr: 'Profil professionnel' },
    weight: 4,
    values: (random) => ({
      workProfileDataSharingType: 'allowPersonalToWork',
      workProfileBlockScreenCapture: random.chance(0.5),
      passwordMinimumLength: 6,
      workProfileRequirePassword: random.chance(0.5),
    }),
  },
  {
    type: 'androidDeviceOwnerTrustedRootCertificate',
    platform: 'android',
    subject: { en: 'Root CA', de: 'Stammzertifikat', fr: 'Certificat racine' },
    weight: 2,
    values: rootCertificate,
  },
  {
    type: 'androidDeviceOwnerEnterpriseWiFiConfiguration',
    platform: 'android',
    subject: { en: 'Corporate Wi-Fi', de: 'Firmen-WLAN', fr: 'Wi-Fi d’entreprise' },
    weight: 3,
    values: wifi('wiFiSecurityType', 'wpaEnterprise'),
  },
  {
    type: 'aospDeviceOwnerDeviceConfiguration',
    platform: 'android',
    subject: { en: 'AOSP Restrictions', de: 'AOSP-Einschränkungen', fr: 'Restrictions AOSP' },
    weight: 1,
    values: () => ({
      appsBlockInstallFromUnknownSources: true,
      passwordRequiredType: 'numeric',
      passwordMinimumLength: 4,
    }),
  },
]

const weights = Object.fromEntries(templates.map((template) => [template.type, template.weight]))
const byType = new Map(templates.map((template) => [template.type, template]))

/** One of the classic profiles of `deviceConfigurations`. */
export function deviceConfiguration({ random, organisation }: DraftContext): Draft {
  const template = byType.get(random.weighted(weights))
  if (!template) throw new Error('Every weighted type has a template.')
  const { type, platform, subject, audience } = template
  const values = { supportsScopeTags: true, version: random.int(1, 9), ...template.values(random, organisation) }
  return {
    type,
    platform,
    subject,
    audience: audience ?? (random.chance(0.25) ? 'users' : 'devices'),
    kind: 'DC',
    values,
  }
}

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

function wifi(securityProperty: string, security: string): Template['values'] {
  return (random, { prefix, sites }) => ({
    networkName: `${prefix}-${random.pick(['Corp', 'Mobile', 'Secure'])}`,
    ssid: `${prefix}-${random.pick(sites).code}`,
    connectAutomatically: true,
    [securityProperty]: security,
  })
}

function rootCertificate(random: Random, organisation: Organisation): GraphObject {
  return {
    certFileName: `${organisation.prefix}-RootCA.cer`,
    trustedRootCertificate: certificate(random, organisation),
  }
}

function certificate(random: Random, { prefix }: Organisation): string {
  const bytes = Array.from({ length: 24 }, () => random.guid().replaceAll('-', '')).join('')
  return base64(
    `-----BEGIN CERTIFICATE-----\n${base64(`CN=${prefix} Root CA ${daysAgo(900)} ${bytes}`)}\n-----END CERTIFICATE-----\n`,
  )
}

function appleProfile(platform: 'ios' | 'macos'): Template['values'] {
  return (random) => {
    const payloadName = random.pick([
      'Screensaver',
      'Energy Saver',
      'Notifications',
      'PPPC for Defender',
      'Web Content Filter',
    ])
    const payload = `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>PayloadDisplayName</key><string>${payloadName}</string><key>PayloadUUID</key><string>${random.guid()}</string></dict></plist>\n`
    const channel = platform === 'macos' ? { deploymentChannel: random.pick(['deviceChannel', 'userChannel']) } : {}
    return {
      payloadName,
      payloadFileName: `${payloadName.toLowerCase().replaceAll(' ', '-')}.mobileconfig`,
      payload: base64(payload),
      ...channel,
    }
  }
}
