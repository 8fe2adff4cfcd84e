import type { GraphObject } from '../world.ts'
import { notificationTemplatesCollection, someIds, type Draft, type DraftContext } from './draft.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'

interface Template {
  readonly type: string
  readonly platform: Platform
  readonly weight: number
  readonly values: (random: Random) => GraphObject
}

const templates: Readonly<Record<string, Template>> = {
  windows: {
    type: 'windows10CompliancePolicy',
    platform: 'windows',
    weight: 55,
    values: (random) => ({
      bitLockerEnabled: random.chance(0.8),
      secureBootEnabled: random.chance(0.8),
      codeIntegrityEnabled: random.chance(0.5),
      storageRequireEncryption: random.chance(0.6),
      activeFirewallRequired: random.chance(0.7),
      antivirusRequired: true,
      antiSpywareRequired: true,
      defenderEnabled: random.chance(0.8),
      rtpEnabled: true,
      signatureOutOfDate: random.chance(0.6),
      tpmRequired: random.chance(0.6),
      deviceThreatProtectionEnabled: random.chance(0.4),
      deviceThreatProtectionRequiredSecurityLevel: random.pick(['unavailable', 'medium', 'low', 'secured']),
      osMinimumVersion: random.pick([null, '10.0.19045.0', '10.0.22631.0', '10.0.26100.4349']),
    }),
  },
  ios: {
    type: 'iosCompliancePolicy',
    platform: 'ios',
    weight: 16,
    values: (random) => ({
      passcodeRequired: true,
      passcodeBlockSimple: true,
      passcodeMinimumLength: 6,
      passcodeRequiredType: 'numeric',
      securityBlockJailbrokenDevices: true,
      osMinimumVersion: random.pick(['17.0', '18.5', '26.0']),
    }),
  },
  macos: {
    type: 'macOSCompliancePolicy',
    platform: 'macos',
    weight: 12,
    values: (random) => ({
      passwordRequired: true,
      passwordMinimumLength: random.pick([8, 12]),
      storageRequireEncryption: true,
      firewallEnabled: true,
      systemIntegrityProtectionEnabled: true,
      gatekeeperAllowedAppSource: 'macAppStoreAndIdentifiedDevelopers',
      osMinimumVersion: random.pick(['14.0', '15.4']),
    }),
  },
  fullyManaged: {
    type: 'androidDeviceOwnerCompliancePolicy',
    platform: 'android',
    weight: 8,
    values: () => ({
      passwordRequired: true,
      passwordRequiredType: 'numericComplex',
      passwordMinimumLength: 6,
      storageRequireEncryption: true,
      securityRequireSafetyNetAttestationBasicIntegrity: true,
      osMinimumVersion: '12',
    }),
  },
  workProfile: {
    type: 'androidWorkProfileCompliancePolicy',
    platform: 'android',
    weight: 8,
    values: () => ({
      passwordRequired: true,
      passwordRequiredType: 'numericComplex',
      requiredPasswordComplexity: 'medium',
      securityBlockJailbrokenDevices: true,
      securityPreventInstallAppsFromUnknownSources: true,
      storageRequireEncryption: true,
    }),
  },
  aosp: {
    type: 'aospDeviceOwnerCompliancePolicy',
    platform: 'android',
    weight: 1,
    values: () => ({ passwordRequired: true, storageRequireEncryption: true, osMinimumVersion: '10' }),
  },
}

const weights = Object.fromEntries(Object.entries(templates).map(([key, template]) => [key, template.weight]))

/** A compliance policy with what happens to devices that fail it. */
export function deviceCompliancePolicy(context: DraftContext): Draft {
  const { random } = context
  const template = templates[random.weighted(weights)]
  if (!template) throw new Error('Every weighted key has a template.')
  return {
    type: template.type,
    platform: template.platform,
    audience: random.chance(0.45) ? 'users' : 'devices',
    subject: random.pick([
      { en: 'Compliance', de: 'Konformität', fr: 'Conformité' },
      { en: 'Device Health', de: 'Gerätezustand', fr: 'Intégrité de l’appareil' },
      { en: 'Minimum OS', de: 'Mindestversion', fr: 'Version minimale' },
    ]),
    kind: 'CP',
    values: { version: random.int(1, 12), ...template.values(random) },
    sub: {
      scheduledActionsForRule: [
        { id: random.guid(), ruleName: null, scheduledActionConfigurations: scheduledActions(context) },
      ],
    },
  }
}

const noTemplate = '00000000-0000-0000-0000-000000000000'

function scheduledActions(context: DraftContext): GraphObject[] {
  const { random } = context
  const action = (actionType: string, gracePeriodHours: number, notificationTemplateId = noTemplate) => ({
    id: random.guid(),
    actionType,
    gracePeriodHours,
    notificationTemplateId,
    notificationMessageCCList: [],
  })
  const actions = [action('block', random.pick([0, 6, 24, 72]))]
  const [template] = someIds(context, notificationTemplatesCollection, 1)
  if (template && random.chance(0.5)) actions.push(action('notification', random.pick([24, 48, 120]), template))
  if (random.chance(0.1)) actions.push(action('retire', 720))
  return actions
}
