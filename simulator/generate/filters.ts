import type { GraphObject } from '../world.ts'
import { lifetime } from './graph-dates.ts'
import type { Organisation } from './organisation.ts'
import type { Platform } from './platform.ts'
import type { Random } from './random.ts'
import { shapeOf } from './shapes.ts'

/** The assignment filters of a tenant, by what they may be used on. */
export interface Filters {
  readonly all: ReadonlyMap<string, GraphObject>
  /** For policies of a platform. */
  readonly devices: Readonly<Record<Platform, readonly string[]>>
  /** For app protection and app configuration without enrolment. */
  readonly apps: Readonly<Record<'windows' | 'ios' | 'android', readonly string[]>>
}

interface FilterDraft {
  name: string
  platform: string
  rule: string
  management?: 'devices' | 'apps'
}

const deviceFilters: Readonly<Record<Exclude<Platform, 'linux'>, readonly FilterDraft[]>> = {
  windows: [
    { name: 'WIN - Corporate', platform: 'windows10AndLater', rule: '(device.deviceOwnership -eq "Corporate")' },
    { name: 'WIN - Windows 11 only', platform: 'windows10AndLater', rule: '(device.osVersion -startsWith "10.0.2")' },
    {
      name: 'WIN - Virtual machines',
      platform: 'windows10AndLater',
      rule: '(device.model -contains "Virtual") or (device.model -startsWith "Cloud PC")',
    },
    {
      name: 'WIN - Kiosk',
      platform: 'windows10AndLater',
      rule: '(device.enrollmentProfileName -eq "Kiosk Self-Deploying")',
    },
    {
      name: 'WIN - Enterprise SKU',
      platform: 'windows10AndLater',
      rule: '(device.operatingSystemSKU -in ["Enterprise", "EnterpriseN", "EnterpriseS"])',
    },
  ],
  macos: [
    { name: 'MAC - Corporate', platform: 'macOS', rule: '(device.deviceOwnership -eq "Corporate")' },
    { name: 'MAC - Apple silicon', platform: 'macOS', rule: '(device.cpuArchitecture -eq "arm64")' },
  ],
  ios: [
    { name: 'iOS - BYOD', platform: 'iOS', rule: '(device.deviceOwnership -eq "Personal")' },
    { name: 'iOS - iPad', platform: 'iOS', rule: '(device.model -startsWith "iPad")' },
    { name: 'iOS - Supervised', platform: 'iOS', rule: '(device.isSupervised -eq "True")' },
  ],
  android: [
    {
      name: 'AND - Fully managed',
      platform: 'androidForWork',
      rule: '(device.enrollmentProfileName -startsWith "COBO")',
    },
    {
      name: 'AND - Zebra scanners',
      platform: 'androidForWork',
      rule: '(device.manufacturer -eq "Zebra Technologies")',
    },
  ],
}

const appFilters: Readonly<Record<'windows' | 'ios' | 'android', FilterDraft>> = {
  windows: {
    name: 'MAM WIN - Edge',
    platform: 'windowsMobileApplicationManagement',
    rule: '(app.osVersion -startsWith "10.0")',
    management: 'apps',
  },
  ios: {
    name: 'MAM iOS - Unmanaged',
    platform: 'iOSMobileApplicationManagement',
    rule: '(app.deviceManagementType -eq "Unmanaged")',
    management: 'apps',
  },
  android: {
    name: 'MAM AND - Unmanaged',
    platform: 'androidMobileApplicationManagement',
    rule: '(app.deviceManagementType -eq "Unmanaged")',
    management: 'apps',
  },
}

/** Makes the filters that policies may be assigned with. */
export function createFilters(random: Random, organisation: Organisation): Filters {
  const all = new Map<string, GraphObject>()
  const add = (draft: FilterDraft): string => {
    const filter = filterFrom(random, organisation, draft)
    all.set(String(filter['id']), filter)
    return String(filter['id'])
  }
  const { windows, macos, ios, android } = deviceFilters
  return {
    all,
    devices: {
      windows: windows.map(add),
      macos: macos.map(add),
      ios: ios.map(add),
      android: android.map(add),
      linux: [],
    },
    apps: { windows: [add(appFilters.windows)], ios: [add(appFilters.ios)], android: [add(appFilters.android)] },
  }
}

function filterFrom(random: Random, { prefix }: Organisation, draft: FilterDraft): GraphObject {
  const { created, modified } = lifetime(random)
  return {
    ...shapeOf('deviceAndAppManagementAssignmentFilter'),
    id: random.guid(),
    displayName: random.chance(0.3) ? `${prefix} - ${draft.name}` : draft.name,
    description: random.chance(0.5) ? `Rule: ${draft.rule}` : '',
    platform: draft.platform,
    rule: draft.rule,
    assignmentFilterManagementType: draft.management ?? 'devices',
    roleScopeTags: ['0'],
    createdDateTime: created,
    lastModifiedDateTime: modified,
  }
}
