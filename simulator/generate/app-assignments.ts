import type { GraphObject, SimAssignment, SimTarget } from '../world.ts'
import { exclusionTarget, filtered, groupIdTarget, groupTarget, type Assignable } from './assignments.ts'
import { daysAgo } from './graph-dates.ts'
import type { Random } from './random.ts'

type Intent = 'available' | 'required' | 'uninstall' | 'availableWithoutEnrollment'

const patterns = {
  none: 9,
  availableToAll: 20,
  requiredForAll: 12,
  requiredAndAvailable: 16,
  perGroup: 30,
  retired: 6,
  sameGroupTwice: 4,
  orphaned: 2,
}

/** An app's rows: one for each group and intent; settings where the kind of app has them, never on an exclusion. */
export function appAssignments(random: Random, assignable: Assignable): SimAssignment[] {
  const rows = patternRows(random, assignable, random.weighted(patterns))
  return [
    ...new Map(
      rows.map((row) => [
        `${String(row.target['groupId'] ?? row.target['@odata.type'])} ${String(row['intent'])}`,
        row,
      ]),
    ).values(),
  ]
}

function patternRows(random: Random, assignable: Assignable, pattern: keyof typeof patterns): SimAssignment[] {
  const { directory, draft } = assignable
  const include = (intent: Intent, target: SimTarget) => includeRow(random, assignable, intent, target)
  const exclude = (intent: Intent) => exclusionRows(random, assignable, intent)
  const some = (count: number) => random.sample([...directory.apps, ...directory.users], count).map(groupTarget)
  switch (pattern) {
    case 'none':
      return []
    case 'availableToAll':
      return [include(availableIntent(draft.type), allUsers), ...exclude(availableIntent(draft.type))]
    case 'requiredForAll':
      return [include('required', random.chance(0.5) ? allDevices : allUsers), ...exclude('required')]
    case 'requiredAndAvailable':
      return [
        include('required', groupTarget(random.pick(directory.pilot[draft.platform]))),
        include('available', allUsers),
      ]
    case 'perGroup':
      return [
        ...some(random.int(1, 3)).map((target) => include('required', target)),
        ...some(random.int(0, 2)).map((target) => include('available', target)),
        ...exclude('required'),
      ]
    case 'retired':
      return [include('uninstall', random.chance(0.3) ? allDevices : groupTarget(random.pick(directory.apps)))]
    case 'sameGroupTwice': {
      const [target = allUsers] = some(1)
      return [include('required', target), include('available', target)]
    }
    case 'orphaned':
      return [
        include('required', groupIdTarget(random.pick(directory.deletedGroupIds))),
        ...some(1).map((target) => include('available', target)),
      ]
  }
}

const allUsers: SimTarget = { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' }
const allDevices: SimTarget = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' }

/** Store apps of phones can be offered to people whose phone is not enrolled. */
function availableIntent(type: string): Intent {
  return type.startsWith('managed') || type === 'iosiPadOSWebClip' ? 'availableWithoutEnrollment' : 'available'
}

function includeRow(random: Random, assignable: Assignable, intent: Intent, target: SimTarget): SimAssignment {
  const { type } = assignable.draft
  const settings = settingsOf(random, type, intent)
  const narrowed = type === 'windowsMicrosoftEdgeApp' ? target : filtered(random, assignable, target)
  return { target: narrowed, intent, ...(settings ? { settings } : {}) }
}

function exclusionRows(random: Random, { directory }: Assignable, intent: Intent): SimAssignment[] {
  if (random.chance(0.6)) return []
  return random
    .sample(directory.excluded, random.int(1, 2))
    .map((group) => ({ target: exclusionTarget(group), intent }))
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
