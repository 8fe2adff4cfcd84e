import type { GraphObject, SimAssignment, SimTarget } from '../world.ts'
import { daysAgo } from './graph-dates.ts'
import type { Random } from './random.ts'
import {
  allDevicesTarget,
  allUsersTarget,
  exclusionTarget,
  filtered,
  groupIdTarget,
  groupTarget,
  targetKey,
  type Assignable,
} from './targets.ts'

type Intent = 'available' | 'required' | 'uninstall' | 'availableWithoutEnrollment'

interface Wish {
  readonly intent: Intent
  readonly target: SimTarget
}

const patterns = {
  none: 9,
  availableToAll: 20,
  requiredForAll: 12,
  pilotThenAll: 16,
  perGroup: 30,
  retired: 6,
  sameGroupTwice: 4,
  orphaned: 2,
}

/** An app's rows: one for each group and intent; settings where the kind of app has them, never on an exclusion. */
export function appAssignments(random: Random, assignable: Assignable): SimAssignment[] {
  const wishes = wishesFor(random, assignable, random.weighted(patterns))
  const included = wishes.map((wish) => includeRow(random, assignable, wish))
  const mainIntent = wishes[0]?.intent
  const isExcluding = mainIntent !== undefined && mainIntent !== 'uninstall' && random.chance(0.35)
  return distinct([...included, ...(isExcluding ? exclusionRows(random, assignable, mainIntent) : [])])
}

function distinct(rows: readonly SimAssignment[]): SimAssignment[] {
  return [...new Map(rows.map((row) => [`${targetKey(row.target)} ${JSON.stringify(row['intent'])}`, row])).values()]
}

function wishesFor(random: Random, assignable: Assignable, pattern: keyof typeof patterns): Wish[] {
  const { directory, draft } = assignable
  const wish = (intent: Intent) => (target: SimTarget) => ({ intent, target })
  const available = availableIntent(draft.type)
  switch (pattern) {
    case 'none':
      return []
    case 'availableToAll':
      return [{ intent: available, target: allUsersTarget }]
    case 'requiredForAll':
      return [{ intent: 'required', target: random.chance(0.5) ? allDevicesTarget : allUsersTarget }]
    case 'pilotThenAll':
      return [
        { intent: 'required', target: groupTarget(random.pick(directory.pilot[draft.platform])) },
        { intent: available, target: allUsersTarget },
      ]
    case 'perGroup':
      return [
        ...someGroups(random, assignable, random.int(1, 3)).map(wish('required')),
        ...someGroups(random, assignable, random.int(0, 2)).map(wish(available)),
      ]
    case 'retired':
      return [
        {
          intent: 'uninstall',
          target: random.chance(0.3) ? allDevicesTarget : groupTarget(random.pick(directory.users)),
        },
      ]
    case 'sameGroupTwice':
      return someGroups(random, assignable, 1).flatMap((target) => [
        wish('required')(target),
        wish('available')(target),
      ])
    case 'orphaned':
      return [
        { intent: 'required', target: groupIdTarget(random.pick(directory.deletedGroupIds)) },
        ...someGroups(random, assignable, 1).map(wish(available)),
      ]
  }
}

/** The app's own groups first, else departments. */
function someGroups(random: Random, { directory, draft }: Assignable, count: number): SimTarget[] {
  const own = directory.apps.get(draft.subject.en) ?? []
  return random.sample([...own, ...own, ...random.sample(directory.users, 4)], count).map(groupTarget)
}

/** Store apps of phones can be offered to people whose phone is not enrolled. */
function availableIntent(type: string): Intent {
  return type.startsWith('managed') || type === 'iosiPadOSWebClip' ? 'availableWithoutEnrollment' : 'available'
}

function includeRow(random: Random, assignable: Assignable, { intent, target }: Wish): SimAssignment {
  const { type } = assignable.draft
  const settings = settingsOf(random, type, intent)
  const [narrowed = target] = type === 'windowsMicrosoftEdgeApp' ? [] : filtered(random, assignable, [target])
  return { target: narrowed, intent, ...(settings ? { settings } : {}) }
}

function exclusionRows(random: Random, { directory, draft }: Assignable, intent: Intent): SimAssignment[] {
  const groups = random.sample(directory.excluded[draft.platform], random.int(1, 2))
  return groups.map((group) => ({ target: exclusionTarget(group), intent }))
}

type SettingsMaker = (random: Random, intent: Intent) => GraphObject

const settingsByType: Readonly<Record<string, SettingsMaker>> = {
  win32LobApp: (random, intent) => ({
    '@odata.type': '#microsoft.graph.win32LobAppAssignmentSettings',
    notifications: random.pick(['showAll', 'showReboot', 'hideAll']),
    restartSettings: random.chance(0.2)
      ? {
          gracePeriodInMinutes: 1440,
          countdownDisplayBeforeRestartInMinutes: 15,
          restartNotificationSnoozeDurationInMinutes: 240,
        }
      : null,
    installTimeSettings:
      intent === 'required' && random.chance(0.2)
        ? { useLocalTime: true, startDateTime: null, deadlineDateTime: `${daysAgo(random.int(-40, 10))}T18:00:00Z` }
        : null,
    deliveryOptimizationPriority: random.weighted({ notConfigured: 8, foreground: 2 }),
    autoUpdateSettings:
      intent === 'available' && random.chance(0.2) ? { autoUpdateSupersededAppsState: 'enabled' } : null,
  }),
  winGetApp: (random, intent) => ({
    '@odata.type': '#microsoft.graph.winGetAppAssignmentSettings',
    notifications: random.pick(['showAll', 'hideAll']),
    restartSettings: null,
    installTimeSettings:
      intent === 'required' && random.chance(0.1)
        ? { useLocalTime: false, deadlineDateTime: `${daysAgo(5)}T00:00:00Z` }
        : null,
  }),
  iosVppApp: (random) => ({
    '@odata.type': '#microsoft.graph.iosVppAppAssignmentSettings',
    useDeviceLicensing: random.chance(0.8),
    vpnConfigurationId: null,
    uninstallOnDeviceRemoval: random.chance(0.7),
    isRemovable: random.chance(0.8),
    preventManagedAppBackup: random.chance(0.5),
    preventAutoAppUpdate: false,
  }),
  iosStoreApp: (random) => ({
    '@odata.type': '#microsoft.graph.iosStoreAppAssignmentSettings',
    vpnConfigurationId: null,
    uninstallOnDeviceRemoval: random.chance(0.7),
    isRemovable: true,
    preventManagedAppBackup: random.chance(0.5),
  }),
  iosLobApp: () => ({
    '@odata.type': '#microsoft.graph.iosLobAppAssignmentSettings',
    vpnConfigurationId: null,
    uninstallOnDeviceRemoval: true,
    isRemovable: false,
    preventManagedAppBackup: true,
  }),
  macOsVppApp: () => ({
    '@odata.type': '#microsoft.graph.macOsVppAppAssignmentSettings',
    useDeviceLicensing: true,
    uninstallOnDeviceRemoval: true,
    preventManagedAppBackup: null,
    preventAutoAppUpdate: null,
  }),
  macOSLobApp: () => ({
    '@odata.type': '#microsoft.graph.macOsLobAppAssignmentSettings',
    uninstallOnDeviceRemoval: true,
  }),
  androidManagedStoreApp: (random) => ({
    '@odata.type': '#microsoft.graph.androidManagedStoreAppAssignmentSettings',
    androidManagedStoreAppTrackIds: [],
    autoUpdateMode: random.pick(['default', 'postponed', 'priority']),
  }),
  windowsUniversalAppX: (random) => ({
    '@odata.type': '#microsoft.graph.windowsUniversalAppXAppAssignmentSettings',
    useDeviceContext: random.chance(0.5),
  }),
}

/** Settings of the kind the app's type takes; an uninstallation is left without. */
function settingsOf(random: Random, type: string, intent: Intent): GraphObject | undefined {
  if (intent === 'uninstall' && type !== 'iosVppApp') return undefined
  return settingsByType[type]?.(random, intent)
}
