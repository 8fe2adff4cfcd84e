import type { GraphObject } from '../world.ts'
import { mobileApps } from './app-catalog.ts'
import { base64, mobileAppsCollection, someIds, type Draft, type DraftContext } from './draft.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'

const protectionSubjects = [
  { en: 'App Protection Level 2', de: 'App-Schutz Stufe 2', fr: 'Protection des applications niveau 2' },
  {
    en: 'App Protection Unmanaged Devices',
    de: 'App-Schutz für private Geräte',
    fr: 'Protection des appareils personnels',
  },
  { en: 'App Protection Frontline', de: 'App-Schutz Außendienst', fr: 'Protection première ligne' },
]

/** App protection for iOS or Android. */
export function appProtection(platform: 'ios' | 'android'): (context: DraftContext) => Draft {
  return ({ random }) => ({
    type: `${platform}ManagedAppProtection`,
    id: `T_${random.guid()}`,
    platform,
    audience: 'users',
    subject: random.pick(protectionSubjects),
    kind: 'APP',
    values: { ...protectionValues(random), ...(platform === 'ios' ? iosValues : androidValues) },
    sub: { apps: protectedApps(random, platform) },
  })
}

function protectionValues(random: Random): GraphObject {
  return {
    version: `"${random.guid()}"`,
    periodOfflineBeforeAccessCheck: 'PT12H',
    periodOnlineBeforeAccessCheck: 'PT30M',
    periodOfflineBeforeWipeIsEnforced: random.pick(['P30D', 'P90D']),
    allowedInboundDataTransferSources: random.pick(['allApps', 'managedApps']),
    allowedOutboundDataTransferDestinations: 'managedApps',
    allowedOutboundClipboardSharingLevel: random.pick(['managedAppsWithPasteIn', 'managedApps']),
    allowedDataStorageLocations: ['oneDriveForBusiness', 'sharePoint'],
    organizationalCredentialsRequired: false,
    dataBackupBlocked: true,
    deviceComplianceRequired: true,
    managedBrowser: 'microsoftEdge',
    managedBrowserToOpenLinksRequired: true,
    saveAsBlocked: true,
    pinRequired: true,
    maximumPinRetries: 5,
    simplePinBlocked: true,
    minimumPinLength: random.pick([4, 6]),
    pinCharacterSet: 'numeric',
    printBlocked: random.chance(0.5),
    contactSyncBlocked: random.chance(0.4),
    appActionIfDeviceComplianceRequired: 'block',
    appActionIfMaximumPinRetriesExceeded: 'block',
    appActionIfUnableToAuthenticateUser: 'block',
    appGroupType: 'selectedPublicApps',
    targetedAppManagementLevels: random.pick(['unspecified', 'unmanaged']),
    minimumRequiredOsVersion: random.pick([null, '17.0', '13']),
    deployedAppCount: 6,
  }
}

const iosValues = {
  appDataEncryptionType: 'whenDeviceLocked',
  faceIdBlocked: false,
  customBrowserProtocol: '',
  exemptedAppProtocols: [
    { name: 'Default', value: 'skype;app-settings;calshow;itms;itmss;itms-apps;itms-appss;itms-services;' },
  ],
}

const androidValues = {
  encryptAppData: true,
  screenCaptureBlocked: true,
  minimumRequiredPatchVersion: '0000-00-00',
  requiredAndroidSafetyNetDeviceAttestationType: 'basicIntegrity',
  customBrowserPackageId: '',
  exemptedAppPackages: [],
}

function protectedApps(random: Random, platform: 'ios' | 'android'): GraphObject[] {
  return random.sample(mobileApps.slice(0, 8), 6).map((app) => ({
    id: `${app.package}.${platform}`.toLowerCase(),
    version: `-${random.int(100_000_000, 999_999_999)}`,
    mobileAppIdentifier:
      platform === 'ios'
        ? { '@odata.type': '#microsoft.graph.iosMobileAppIdentifier', bundleId: app.package }
        : { '@odata.type': '#microsoft.graph.androidMobileAppIdentifier', packageId: app.package.toLowerCase() },
  }))
}

/** Edge on Windows without enrolment. */
export function windowsAppProtection({ random }: DraftContext): Draft {
  const values = {
    version: `"${random.guid()}"`,
    printBlocked: true,
    allowedInboundDataTransferSources: 'none',
    allowedOutboundDataTransferDestinations: 'none',
    allowedOutboundClipboardSharingLevel: 'none',
    periodOfflineBeforeAccessCheck: 'PT24H',
    periodOfflineBeforeWipeIsEnforced: 'P90D',
    deployedAppCount: 1,
  }
  return {
    type: 'windowsManagedAppProtection',
    id: `T_${random.guid()}`,
    platform: 'windows',
    audience: 'users',
    subject: { en: 'App Protection Edge', de: 'App-Schutz Edge', fr: 'Protection Edge' },
    kind: 'APP',
    values,
    sub: { apps: [edgeForWindows(random)] },
  }
}

function edgeForWindows(random: Random): GraphObject {
  return {
    id: 'com.microsoft.edge.windows',
    version: `-${random.int(1, 999_999_999)}`,
    mobileAppIdentifier: { '@odata.type': '#microsoft.graph.windowsAppIdentifier', windowsAppId: 'com.microsoft.edge' },
  }
}

/** Windows Information Protection, with or without enrolment; long deprecated and still found. */
export function informationProtection(
  type: 'mdmWindowsInformationProtectionPolicy' | 'windowsInformationProtectionPolicy',
): (context: DraftContext) => Draft {
  return ({ random, organisation }) => {
    const isUnenrolled = type === 'windowsInformationProtectionPolicy'
    const values = {
      version: `"${random.guid()}"`,
      enforcementLevel: random.pick(['encryptAndAuditOnly', 'encryptAuditAndPrompt']),
      enterpriseDomain: organisation.domain,
      iconsVisible: true,
      enterpriseProtectedDomainNames: [{ displayName: 'Domains', resources: [organisation.domain] }],
      ...(isUnenrolled ? { mdmEnrollmentUrl: '', daysWithoutContactBeforeUnenroll: 90, pinMinimumLength: 4 } : {}),
    }
    return {
      type,
      id: `T_${random.guid()}`,
      platform: 'windows',
      audience: 'users',
      subject: { en: 'Information Protection', de: 'Informationsschutz', fr: 'Protection des informations' },
      kind: 'WIP',
      values,
    }
  }
}

/** Settings for managed apps, delivered without enrolment. */
export function targetedAppConfiguration({ random }: DraftContext): Draft {
  const platform = random.pick(['ios', 'android'] as const)
  const customSettings = random.sample(
    [
      { name: 'com.microsoft.intune.mam.managedbrowser.homepage', value: 'https://intranet.example.com' },
      { name: 'com.microsoft.outlook.ContactSync.Enabled', value: 'true' },
      { name: 'com.microsoft.outlook.Mail.FocusedInbox', value: 'false' },
      { name: 'IntuneMAMAllowedAccountsOnly', value: 'Enabled' },
    ],
    random.int(1, 4),
  )
  return {
    type: 'targetedManagedAppConfiguration',
    id: `A_${random.guid()}`,
    platform,
    audience: 'users',
    subject: random.pick([
      { en: 'Outlook Settings', de: 'Outlook-Einstellungen', fr: 'Paramètres Outlook' },
      { en: 'Edge App Settings', de: 'Edge-Einstellungen', fr: 'Paramètres Edge' },
    ]),
    kind: 'AC',
    values: {
      version: `"${random.guid()}"`,
      customSettings,
      appGroupType: 'selectedPublicApps',
      deployedAppCount: 2,
      targetedAppManagementLevels: 'unspecified',
    },
    sub: { apps: protectedApps(random, platform).slice(0, 2) },
  }
}

/** Settings for an app on enrolled devices. */
export function deviceAppConfiguration(context: DraftContext): Draft {
  const { random } = context
  const platform: Platform = random.pick(['ios', 'android'] as const)
  const common = { version: random.int(1, 6), targetedMobileApps: someIds(context, mobileAppsCollection, 1) }
  const subject = random.pick([
    { en: 'Outlook Account', de: 'Outlook-Konto', fr: 'Compte Outlook' },
    { en: 'Defender Onboarding', de: 'Defender-Onboarding', fr: 'Intégration Defender' },
    { en: 'Authenticator', de: 'Authenticator', fr: 'Authenticator' },
  ])
  const platformValues = platform === 'ios' ? iosConfiguration(random) : androidConfiguration(random)
  return {
    type: platform === 'ios' ? 'iosMobileAppConfiguration' : 'androidManagedStoreAppConfiguration',
    platform,
    audience: random.pick(['users', 'devices']),
    subject,
    kind: 'AC',
    values: { ...common, ...platformValues },
  }
}

function iosConfiguration(random: Random): GraphObject {
  return {
    settings: [
      {
        appConfigKey: 'com.microsoft.outlook.EmailProfile.EmailAccountName',
        appConfigKeyType: 'stringType',
        appConfigKeyValue: '{{username}}',
      },
      {
        appConfigKey: 'com.microsoft.outlook.EmailProfile.AccountType',
        appConfigKeyType: 'stringType',
        appConfigKeyValue: 'ModernAuth',
      },
      { appConfigKey: 'IntuneMAMUPN', appConfigKeyType: 'stringType', appConfigKeyValue: '{{userprincipalname}}' },
      { appConfigKey: 'issupervised', appConfigKeyType: 'booleanType', appConfigKeyValue: String(random.chance(0.5)) },
    ],
  }
}

function androidConfiguration(random: Random): GraphObject {
  const packageName = random.pick(mobileApps).package.toLowerCase()
  const payload = {
    kind: 'androidenterprise#managedConfiguration',
    productId: `app:${packageName}`,
    managedProperty: [{ key: 'com.microsoft.intune.mam.AllowedAccountUPNs', valueString: '{{userprincipalname}}' }],
  }
  return {
    packageId: `app:${packageName}`,
    payloadJson: base64(JSON.stringify(payload)),
    profileApplicability: random.pick(['androidWorkProfile', 'androidDeviceOwner']),
    permissionActions: [{ permission: 'android.permission.CAMERA', action: 'autoGrant' }],
    appSupportsOemConfig: packageName.includes('oemconfig'),
    connectedAppsEnabled: false,
  }
}
