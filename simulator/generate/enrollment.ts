import type { GraphObject } from '../world.ts'
import { mobileAppsCollection, someIds, type Draft, type DraftContext } from './draft.ts'
import type { Random } from './random.ts'

interface DefaultConfiguration {
  readonly type: string
  readonly suffix: string
  readonly kind: string
  readonly values: GraphObject
}

const allowed = {
  platformBlocked: false,
  personalDeviceEnrollmentBlocked: false,
  osMinimumVersion: '',
  osMaximumVersion: '',
  blockedManufacturers: [],
  blockedSkus: [],
}

/** What every tenant has from its first day: priority 0, for everybody, never assigned or deleted by anyone. */
const defaults: readonly DefaultConfiguration[] = [
  { type: 'deviceEnrollmentLimitConfiguration', suffix: 'DefaultLimit', kind: 'limit', values: { limit: 5 } },
  {
    type: 'deviceEnrollmentPlatformRestrictionsConfiguration',
    suffix: 'DefaultPlatformRestrictions',
    kind: 'platformRestrictions',
    values: {
      iosRestriction: allowed,
      windowsRestriction: allowed,
      windowsHomeSkuRestriction: allowed,
      androidRestriction: allowed,
      androidForWorkRestriction: allowed,
      macOSRestriction: allowed,
    },
  },
  {
    type: 'deviceEnrollmentWindowsHelloForBusinessConfiguration',
    suffix: 'DefaultWindowsHelloForBusiness',
    kind: 'windowsHelloForBusiness',
    values: {
      state: 'notConfigured',
      pinMinimumLength: 6,
      pinMaximumLength: 127,
      securityDeviceRequired: false,
      unlockWithBiometricsEnabled: true,
      remotePassportEnabled: true,
    },
  },
  {
    type: 'windows10EnrollmentCompletionPageConfiguration',
    suffix: 'DefaultWindows10EnrollmentCompletionPageConfiguration',
    kind: 'defaultWindows10EnrollmentCompletionPageConfiguration',
    values: {
      showInstallationProgress: true,
      installProgressTimeoutInMinutes: 60,
      allowDeviceUseOnInstallFailure: true,
    },
  },
  {
    type: 'windowsRestoreDeviceEnrollmentConfiguration',
    suffix: 'DefaultWindowsRestore',
    kind: 'windowsRestore',
    values: { state: 'notConfigured' },
  },
]

export const enrollmentDefaults = defaults.length

/** The default configurations first, then those the organisation made, by rising priority. */
export function enrollmentConfiguration(context: DraftContext): Draft {
  const { random, tenant, index } = context
  const builtIn = defaults[index]
  if (!builtIn) return customConfiguration(context)
  return {
    type: builtIn.type,
    id: `${tenant.id}_${builtIn.suffix}`,
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'Default' },
    kind: 'ENR',
    name: 'All users and all devices',
    values: {
      description:
        'This is the default configuration applied with the lowest priority to all users and all devices regardless of group membership.',
      priority: 0,
      version: random.int(0, 3),
      deviceEnrollmentConfigurationType: builtIn.kind,
      ...builtIn.values,
    },
  }
}

function customConfiguration(context: DraftContext): Draft {
  const { random, index } = context
  const kind = random.weighted({ esp: 5, restriction: 3, limit: 1, notification: 1, comanagement: 0.6 })
  const priority = index - defaults.length + 1
  const draft = customKinds[kind](context)
  return {
    ...draft,
    kind: 'ENR',
    id: `${random.guid()}_${draft.suffix}`,
    values: { priority, version: random.int(1, 6), ...draft.values },
  }
}

type CustomKind = (context: DraftContext) => Omit<Draft, 'kind' | 'id'> & { suffix: string }

const customKinds: Readonly<Record<'esp' | 'restriction' | 'limit' | 'notification' | 'comanagement', CustomKind>> = {
  esp: (context) => ({
    type: 'windows10EnrollmentCompletionPageConfiguration',
    suffix: 'Windows10EnrollmentCompletionPageConfiguration',
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'Enrollment Status Page', de: 'Registrierungsstatusseite', fr: 'Page d’état d’inscription' },
    values: {
      deviceEnrollmentConfigurationType: 'windows10EnrollmentCompletionPageConfiguration',
      showInstallationProgress: true,
      blockDeviceSetupRetryByUser: false,
      allowDeviceResetOnInstallFailure: true,
      allowLogCollectionOnInstallFailure: true,
      customErrorMessage: 'Setup could not be completed. Please contact the service desk.',
      installProgressTimeoutInMinutes: context.random.pick([60, 90, 120]),
      selectedMobileAppIds: someIds(context, mobileAppsCollection, context.random.int(0, 3)),
      trackInstallProgressForAutopilotOnly: true,
      disableUserStatusTrackingAfterFirstUser: true,
    },
  }),
  restriction: ({ random }) => {
    const { platformType, platform } = random.pick([
      { platformType: 'windows', platform: 'windows' },
      { platformType: 'ios', platform: 'ios' },
      { platformType: 'androidForWork', platform: 'android' },
      { platformType: 'mac', platform: 'macos' },
    ] as const)
    return {
      type: 'deviceEnrollmentPlatformRestrictionConfiguration',
      suffix: 'SinglePlatformRestriction',
      platform,
      audience: 'users',
      subject: { en: 'Block Personal Devices', de: 'Private Geräte sperren', fr: 'Bloquer les appareils personnels' },
      values: {
        deviceEnrollmentConfigurationType: 'singlePlatformRestriction',
        platformType,
        platformRestriction: { ...allowed, personalDeviceEnrollmentBlocked: true },
      },
    }
  },
  limit: ({ random }) => ({
    type: 'deviceEnrollmentLimitConfiguration',
    suffix: 'Limit',
    platform: 'windows',
    audience: 'users',
    subject: { en: 'Device Limit', de: 'Gerätelimit', fr: 'Limite d’appareils' },
    values: { deviceEnrollmentConfigurationType: 'limit', limit: random.int(1, 15) },
  }),
  notification: ({ random }) => ({
    type: 'deviceEnrollmentNotificationConfiguration',
    suffix: 'EnrollmentNotificationsConfiguration',
    platform: 'ios',
    audience: 'users',
    subject: { en: 'Enrollment Notification', de: 'Registrierungsbenachrichtigung', fr: 'Notification d’inscription' },
    values: {
      deviceEnrollmentConfigurationType: 'enrollmentNotificationsConfiguration',
      platformType: 'ios',
      templateType: random.pick(['email', 'push']),
      brandingOptions: 'includeCompanyLogo',
      defaultLocale: 'en-us',
      notificationTemplates: [`email_${random.guid()}`],
      notificationMessageTemplateId: random.guid(),
    },
  }),
  comanagement: () => ({
    type: 'deviceComanagementAuthorityConfiguration',
    suffix: 'DeviceComanagementAuthorityConfiguration',
    platform: 'windows',
    audience: 'devices',
    subject: { en: 'Co-management', de: 'Co-Verwaltung', fr: 'Cogestion' },
    values: {
      deviceEnrollmentConfigurationType: 'deviceComanagementAuthorityConfiguration',
      managedDeviceAuthority: 1,
      installConfigurationManagerAgent: true,
      configurationManagerAgentCommandLineArgument:
        'CCMSETUPCMD="CCMHOSTNAME=CMG.EXAMPLE.COM/CCM_Proxy_MutualAuth/72057594037927941 SMSSiteCode=P01"',
    },
  }),
}

/** An Autopilot profile; its name may only hold the characters Intune allows there. */
export function autopilotProfile({ random, organisation, index }: DraftContext): Draft {
  const isHybrid = random.chance(0.15)
  const use = random.pick(['User driven', 'Self deploying', 'Pre-provisioning', 'Kiosk', 'Shared'])
  return {
    type: isHybrid ? 'activeDirectoryWindowsAutopilotDeploymentProfile' : 'azureADWindowsAutopilotDeploymentProfile',
    platform: 'windows',
    audience: 'devices',
    subject: { en: `Autopilot ${use}` },
    kind: 'AP',
    name: autopilotName(random, {
      prefix: organisation.prefix,
      use,
      city: random.pick(organisation.sites).city,
      index,
    }),
    values: autopilotValues(random, { prefix: organisation.prefix, use, isHybrid }),
  }
}

function autopilotName(
  random: Random,
  { prefix, use, city, index }: { prefix: string; use: string; city: string; index: number },
): string {
  const name = random.pick([
    `${prefix} Autopilot ${use} ${city}`,
    `[Prod] Autopilot | ${use}`,
    `Autopilot_${use}_${city}`,
    `Windows Autopilot ${use} ${index + 1}`,
  ])
  return name.normalize('NFD').replaceAll(/[^A-Za-z0-9 :"?.@$&_[\]{}|\\]/g, '')
}

function autopilotValues(
  random: Random,
  { prefix, use, isHybrid }: { prefix: string; use: string; isHybrid: boolean },
): GraphObject {
  const usage = use === 'User driven' || use === 'Pre-provisioning' ? 'singleUser' : 'shared'
  const userType = random.weighted({ standard: 9, administrator: 1 })
  const isPreProvisioned = use === 'Pre-provisioning'
  return {
    language: random.pick(['os-default', 'de-DE', 'en-US', 'user-select']),
    locale: random.pick(['os-default', 'de-DE', 'en-US', 'user-select']),
    deviceType: 'windowsPc',
    deviceNameTemplate: isHybrid ? '' : `${prefix}-%SERIAL%`,
    extractHardwareHash: random.chance(0.7),
    hardwareHashExtractionEnabled: true,
    enableWhiteGlove: isPreProvisioned,
    preprovisioningAllowed: isPreProvisioned,
    managementServiceAppId: '',
    outOfBoxExperienceSettings: {
      hidePrivacySettings: true,
      hideEULA: true,
      userType,
      deviceUsageType: usage,
      skipKeyboardSelectionPage: true,
      hideEscapeLink: true,
    },
    outOfBoxExperienceSetting: {
      privacySettingsHidden: true,
      eulaHidden: true,
      userType,
      deviceUsageType: usage,
      keyboardSelectionPageSkipped: true,
      escapeLinkHidden: true,
    },
    ...(isHybrid ? { hybridAzureADJoinSkipConnectivityCheck: true } : {}),
  }
}

/** How an iPhone enrols when its user starts it. */
export function appleUserInitiatedProfile({ random, index }: DraftContext): Draft {
  return {
    type: 'appleUserInitiatedEnrollmentProfile',
    platform: 'ios',
    audience: 'users',
    subject: { en: 'User Enrollment', de: 'Benutzerregistrierung', fr: 'Inscription par l’utilisateur' },
    kind: 'AUE',
    values: {
      platform: 'iOS',
      priority: index + 1,
      defaultEnrollmentType: random.pick(['device', 'user', 'accountDrivenUserEnrollment']),
      availableEnrollmentTypeOptions: [
        { ownerType: 'company', enrollmentType: 'device' },
        { ownerType: 'personal', enrollmentType: 'user' },
      ],
    },
  }
}
