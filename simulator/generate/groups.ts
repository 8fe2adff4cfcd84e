import type { SimGroup } from '../world.ts'
import { lifetime } from './graph-dates.ts'
import type { Organisation } from './organisation.ts'
import { platforms, platformWords, type Platform } from './platform.ts'
import type { Random } from './random.ts'

/** The groups of a tenant by what policies use them for. */
export interface Directory {
  readonly groups: Map<string, SimGroup>
  readonly pilot: Readonly<Record<Platform, readonly SimGroup[]>>
  readonly broad: Readonly<Record<Platform, readonly SimGroup[]>>
  readonly devices: Readonly<Record<Platform, readonly SimGroup[]>>
  readonly users: readonly SimGroup[]
  /** Left out of much: break-glass accounts, kiosks, test labs. */
  readonly excluded: readonly SimGroup[]
  readonly apps: readonly SimGroup[]
  readonly autopilot: readonly SimGroup[]
  readonly cloudPc: readonly SimGroup[]
  /** Ids that assignments still name although the groups are gone. */
  readonly deletedGroupIds: readonly string[]
}

interface GroupDraft {
  name: string
  description?: string
  rule?: string
  users?: number
  devices?: number
  members?: readonly SimGroup[]
}

type AddGroup = (draft: GroupDraft) => SimGroup

/** Makes the groups: the ones every such tenant has, then site and application groups up to about `count`. */
export function createDirectory(random: Random, organisation: Organisation, count: number): Directory {
  const groups = new Map<string, SimGroup>()
  const add: AddGroup = (draft) => {
    const group = groupFrom(random, draft)
    groups.set(group.id, group)
    return group
  }
  const scale = Math.max(1, Math.round(count / 30))
  const devices = perPlatform((platform) => dynamicDeviceGroups(add, random, platform, scale))
  const pilot = perPlatform((platform) => pilotGroups(add, random, organisation, platform))
  const broad = perPlatform((platform) => broadGroups(add, random, organisation, platform, scale))
  const excluded = excludedGroups(add, random, organisation)
  const users = userGroups(add, random, organisation, scale)
  const autopilot = autopilotGroups(add, random, scale)
  const cloudPc = cloudPcGroups(add, random)
  nestRings(add, organisation, pilot)
  const apps = fillerGroups(add, random, organisation, Math.max(6, count - groups.size))
  const deletedGroupIds = Array.from({ length: 3 + Math.floor(count / 60) }, () => random.guid())
  return { groups, devices, pilot, broad, excluded, users, apps, autopilot, cloudPc, deletedGroupIds }
}

function groupFrom(random: Random, { name, description, rule, users, devices, members }: GroupDraft): SimGroup {
  return {
    id: random.guid(),
    displayName: name,
    description:
      description ?? (random.chance(0.3) ? 'Managed by the endpoint team. Do not add members by hand.' : null),
    membershipRule: rule ?? null,
    users: users ?? 0,
    devices: devices ?? 0,
    memberGroups: members?.map((member) => member.id) ?? [],
    createdDateTime: lifetime(random).created.replace(/\.\d+Z$/, 'Z'),
  }
}

function perPlatform<T>(make: (platform: Platform) => T): Record<Platform, T> {
  return Object.fromEntries(platforms.map((platform) => [platform, make(platform)])) as Record<Platform, T>
}

const ownership = '(device.deviceOwnership -eq "Company")'

const osRules: Readonly<Record<Platform, string>> = {
  windows: '(device.deviceOSType -eq "Windows")',
  macos: '(device.deviceOSType -eq "MacMDM")',
  ios: '(device.deviceOSType -in ["iPhone","iPad"])',
  android: '(device.deviceOSType -in ["Android","AndroidEnterprise"])',
  linux: '(device.deviceOSType -eq "Linux")',
}

const fleetShare: Readonly<Record<Platform, number>> = { windows: 1, macos: 0.12, ios: 0.7, android: 0.3, linux: 0.02 }

function dynamicDeviceGroups(add: AddGroup, random: Random, platform: Platform, scale: number): SimGroup[] {
  const { word } = platformWords[platform]
  const fleet = Math.round(random.int(180, 420) * scale * fleetShare[platform])
  const corporate = add({
    name: `DYN-Devices-${word}-Corporate`,
    rule: `${osRules[platform]} and ${ownership}`,
    devices: fleet,
  })
  if (platform === 'linux') return [corporate]
  const personalRule = `${osRules[platform]} and (device.deviceOwnership -eq "Personal")`
  const personal = add({ name: `DYN-Devices-${word}-Personal`, rule: personalRule, devices: Math.round(fleet * 0.3) })
  return [corporate, personal]
}

function pilotGroups(add: AddGroup, random: Random, { prefix }: Organisation, platform: Platform): SimGroup[] {
  const { code, word } = platformWords[platform]
  const groups = [
    add({ name: `${prefix}-INT-${code}-Ring0-Pilot`, description: `IT pilot for ${word}`, devices: random.int(4, 25) }),
  ]
  if (platform === 'windows') {
    groups.push(
      add({ name: `${prefix}-INT-${code}-Ring1-EarlyAdopters`, devices: random.int(30, 90), users: random.int(0, 40) }),
    )
  }
  return groups
}

function broadGroups(
  add: AddGroup,
  random: Random,
  { prefix }: Organisation,
  platform: Platform,
  scale: number,
): SimGroup[] {
  const { code } = platformWords[platform]
  const size = Math.round(random.int(150, 400) * scale * fleetShare[platform])
  if (platform !== 'windows') return [add({ name: `${prefix}-INT-${code}-Broad`, devices: size })]
  const half = Math.ceil(size / 2)
  return [
    add({ name: `${prefix}-INT-${code}-Ring2-Broad-A`, devices: half }),
    add({ name: `${prefix}-INT-${code}-Ring3-Broad-B`, devices: half }),
  ]
}

function excludedGroups(add: AddGroup, random: Random, { prefix }: Organisation): SimGroup[] {
  return [
    add({ name: `${prefix}-SEC-BreakGlass-Accounts`, description: 'Emergency access. Never target.', users: 2 }),
    add({ name: `${prefix}-INT-Exclude-Kiosk-Devices`, devices: random.int(5, 60) }),
    add({ name: `${prefix}-INT-Exclude-TestLab`, devices: random.int(2, 14) }),
    add({ name: `${prefix}-INT-Exclude-VIP`, users: random.int(5, 20) }),
    add({
      name: 'DYN-Devices-AVD-SessionHosts',
      rule: '(device.displayName -startsWith "AVD-")',
      devices: random.int(0, 120),
    }),
  ]
}

function userGroups(add: AddGroup, random: Random, organisation: Organisation, scale: number): SimGroup[] {
  const licensed =
    '(user.assignedPlans -any (assignedPlan.servicePlanId -eq "c1ec4a95-1f05-45b3-a911-aa3fa01094f5" -and assignedPlan.capabilityStatus -eq "Enabled")) and (user.accountEnabled -eq true)'
  const departments = organisation.departments.map((department) =>
    add({
      name: `${organisation.prefix}-USR-${department}`,
      rule: `(user.department -eq "${department}")`,
      users: random.int(6, 70) * scale,
    }),
  )
  const everyone = add({ name: 'DYN-Users-Intune-Licensed', rule: licensed, users: random.int(250, 600) * scale })
  const guests = add({ name: `${organisation.prefix}-USR-External Consultants`, users: random.int(3, 40) })
  return [...departments, everyone, guests]
}

function autopilotGroups(add: AddGroup, random: Random, scale: number): SimGroup[] {
  const tags = ['STD', 'KIOSK', 'SHARED', 'DEV']
  return tags.map((tag) =>
    add({
      name: `DYN-Autopilot-${tag}`,
      rule: `(device.devicePhysicalIDs -any (_ -eq "[OrderID]:${tag}"))`,
      devices: random.int(3, 90) * scale,
    }),
  )
}

function cloudPcGroups(add: AddGroup, random: Random): SimGroup[] {
  return ['Enterprise 4vCPU', 'Enterprise 8vCPU', 'Frontline Shared', 'Frontline Dedicated'].map((size) =>
    add({ name: `W365 - ${size}`, users: random.int(4, 60) }),
  )
}

/** One group of groups: its transitive members are those of every pilot. */
function nestRings(add: AddGroup, { prefix }: Organisation, pilot: Record<Platform, SimGroup[]>): void {
  const members = Object.values(pilot).flat()
  const everyPilot = add({
    name: `${prefix}-INT-All-Pilots`,
    description: 'Every pilot group of every platform',
    members,
  })
  pilot.windows.push(everyPilot)
}

const appNames = [
  'Adobe Acrobat',
  'Visio',
  'Project',
  'AutoCAD',
  'SAP GUI',
  '7-Zip',
  'Notepad++',
  'Zoom',
  'Slack',
  'Git',
  'Power BI',
  'DBeaver',
  'Citrix',
  'FortiClient',
  'Greenshot',
  'Firefox',
  'PuTTY',
  'VS Code',
  'Docker',
  'Figma',
]

function fillerGroups(add: AddGroup, random: Random, organisation: Organisation, count: number): SimGroup[] {
  return Array.from({ length: count }, (_, index) => add(fillerGroup(random, organisation, index)))
}

function fillerGroup(random: Random, organisation: Organisation, index: number): GroupDraft {
  const app = appNames[index % appNames.length]
  const round = Math.floor(index / (appNames.length * 2))
  const site = organisation.sites[round % organisation.sites.length]
  const suffix = round === 0 ? '' : `-${site?.code}${round > organisation.sites.length ? `-${round}` : ''}`
  const isEmpty = random.chance(0.06)
  const kind = Math.floor(index / appNames.length) % 2 === 0 ? 'Required' : 'Available'
  return {
    name: `APP-${app}-${kind}${suffix}`,
    users: isEmpty ? 0 : random.int(1, 80),
    devices: isEmpty ? 0 : random.int(0, 40),
  }
}
