import type { GraphObject } from '../world.ts'
import type { Draft, DraftContext } from './draft.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'
import type { SettingsArea } from './settings-area.ts'
import { otherAreas } from './settings-areas-other.ts'
import { windowsAreas } from './settings-areas-windows.ts'
import { windowsSecurityAreas } from './settings-areas-windows-security.ts'
import { settingsFor } from './settings-catalog.ts'

const platformWeights: Readonly<Record<Platform, number>> = { windows: 76, macos: 12, ios: 8, android: 3, linux: 1 }

const allWindowsAreas = [...windowsSecurityAreas, ...windowsAreas]
const areasOf = (platform: Platform) => otherAreas.filter((area) => area.platform === platform)
/** Areas with many settings have many policies. */
const weightedWindowsAreas = allWindowsAreas.flatMap((area) =>
  Array<SettingsArea>(Math.ceil(area.settings.length / 6)).fill(area),
)

const baselineTemplate = {
  family: 'baseline',
  id: '66df8dce-0166-4b82-92f7-1f74e3ca17a3_3',
  displayName: 'Security Baseline for Windows 10 and later',
  version: 'Version 23H2',
}

/** A settings catalog or endpoint security policy: one area, or several in one as baselines have them. */
export function settingsCatalogPolicy({ random }: DraftContext): Draft {
  const platform = random.weighted(platformWeights)
  const first = random.pick(platform === 'windows' ? weightedWindowsAreas : areasOf(platform))
  const isBaseline = platform === 'windows' && random.chance(0.1)
  const areas = isBaseline ? [first, ...random.sample(weightedWindowsAreas, random.int(2, 5))] : [first]
  const subject = isBaseline
    ? { en: 'Security Baseline', de: 'Sicherheitsbaseline', fr: 'Base de référence de sécurité' }
    : first.subject
  const settings = settingsOf(random, areas)
  return {
    type: 'deviceManagementConfigurationPolicy',
    platform,
    audience: first.prefix.startsWith('user_') || random.chance(0.15) ? 'users' : 'devices',
    subject,
    kind: first.template ? 'ES' : 'SC',
    values: {
      platforms: first.platforms,
      technologies: first.technologies,
      templateReference: templateReference(isBaseline ? baselineTemplate : first.template),
      settingCount: settings.length,
    },
    sub: { settings },
  }
}

function settingsOf(random: Random, areas: readonly SettingsArea[]): GraphObject[] {
  const share = 0.45 + 0.55 * random.unit()
  const taken = [...new Set(areas)].flatMap((area) => settingsFor(area, random, share))
  // Each area numbers its own settings; in a policy the ids run through.
  return areas.length === 1 ? taken : taken.map((setting, index) => ({ ...setting, id: String(index) }))
}

function templateReference(template: SettingsArea['template']): GraphObject {
  return {
    templateId: template?.id ?? '',
    templateFamily: template?.family ?? 'none',
    templateDisplayName: template?.displayName ?? null,
    templateDisplayVersion: template?.version ?? null,
  }
}

/** A Linux compliance policy, the kind kept in `compliancePolicies`. */
export function linuxCompliancePolicy({ random }: DraftContext): Draft {
  const settings = settingsOf(random, areasOf('linux'))
  return {
    type: 'deviceManagementCompliancePolicy',
    platform: 'linux',
    audience: random.pick(['devices', 'users']),
    subject: { en: 'Compliance', de: 'Konformität', fr: 'Conformité' },
    kind: 'CP',
    values: { platforms: 'linux', technologies: 'linuxMdm', settingCount: settings.length },
    sub: {
      settings,
      scheduledActionsForRule: [
        {
          id: random.guid(),
          ruleName: null,
          scheduledActionConfigurations: [
            {
              id: random.guid(),
              actionType: 'block',
              gracePeriodHours: random.pick([0, 24, 72]),
              notificationTemplateId: '00000000-0000-0000-0000-000000000000',
              notificationMessageCCList: [],
            },
          ],
        },
      ],
    },
  }
}
