import type { SimGroup } from '../world.ts'
import { catalogs } from './app-catalog.ts'
import { lifetime } from './graph-dates.ts'
import type { Organisation, Site } from './organisation.ts'
import { platforms, platformWords, type Platform } from './platform.ts'
import type { Random } from './random.ts'

/** The groups of a tenant by what policies use them for. */
export interface Directory {
  readonly groups: ReadonlyMap<string, SimGroup>
  readonly pilot: Readonly<Record<Platform, readonly SimGroup[]>>
  readonly broad: Readonly<Record<Platform, readonly SimGroup[]>>
  /** Corporate and personal devices, and those of single sites. */
  readonly devices: Readonly<Record<Platform, readonly SimGroup[]>>
  readonly users: readonly SimGroup[]
  /** Left out of much: break-glass accounts, test labs, kiosks (these where the platform has them). */
  readonly excluded: Readonly<Record<Platform, readonly SimGroup[]>>
  /** By application: who must have it, who may. */
  readonly apps: ReadonlyMap<string, readonly SimGroup[]>
  readonly autopilot: readonly SimGroup[]
  readonly cloudPc: { readonly enterprise: readonly SimGroup[]; readonly frontline: readonly SimGroup[] }
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

/** Adds groups to one directory. */
interface Registrar {
  readonly random: Random
  readonly organisation: Organisation
  /** How many times larger than a small organisation. */
  readonly scale: number
  readonly groups: Map<string, SimGroup>
  readonly add: (draft: GroupDraft) => SimGroup
}

/** Makes the groups: the ones every such tenant has, then site and application groups up to about `count`. */
export function createDirectory(random: Random, organisation: Organisation, count: number): Directory {
  const registrar = createRegistrar(random, organisation, count)
  const corporate = perPlatform((platform) => dynamicDeviceGroups(registrar, platform))
  const pilot = perPlatform((platform) => pilotGroups(registrar, platform))
  const broad = perPlatform((platform) => broadGroups(registrar, platform))
  const excluded = excludedGroups(registrar)
  const users = userGroups(registrar)
  const autopilot = autopilotGroups(registrar)
  const cloudPc = cloudPcGroups(registrar)
  pilot.windows.push(everyPilot(registrar, pilot))
  const room = Math.max(12, count - registrar.groups.size)
  const siteDevices = siteGroups(registrar, Math.ceil(room / 2))
  const apps = appGroups(registrar, Math.floor(room / 2))
  const devices = perPlatform((platform) => [...corporate[platform], ...siteDevices[platform]])
  const deletedGroupIds = Array.from({ length: 3 + Math.floor(count / 60) }, () => random.guid())
  return { groups: registrar.groups, devices, pilot, broad, excluded, users, apps, autopilot, cloudPc, deletedGroupIds }
}

function createRegistrar(random: Random, organisation: Organisation, count: number): Registrar {
  const groups = new Map<string, SimGroup>()
  const add = (draft: GroupDraft) => {
    const group = groupFrom(random, draft)
    groups.set(group.id, group)
    return group
  }
  return { random, organisation, scale: Math.max(1, Math.round(count / 30)), groups, add }
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
  return {
    windows: make('windows'),
    macos: make('macos'),
    ios: make('ios'),
    android: make('android'),
    linux: make('linux'),
  }
}

const osRules: Readonly<Record<Platform, string>> = {
  windows: '(device.deviceOSType -eq "Windows")',
  macos: '(device.deviceOSType -eq "MacMDM")',
  ios: '(device.deviceOSType -in ["iPhone","iPad"])',
  android: '(device.deviceOSType -in ["Android","AndroidEnterprise"])',
  linux: '(device.deviceOSType -eq "Linux")',
}

const fleetShare: Readonly<Record<Platform, number>> = { windows: 1, macos: 0.12, ios: 0.7, android: 0.3, linux: 0.02 }

function dynamicDeviceGroups({ add, random, scale }: Registrar, platform: Platform): SimGroup[] {
  const { word } = platformWords[platform]
  const fleet = Math.round(random.int(180, 420) * scale * fleetShare[platform])
  const ownedBy = (owner: string) => `${osRules[platform]} and (device.deviceOwnership -eq "${owner}")`
  const corporate = add({ name: `DYN-Devices-${word}-Corporate`, rule: ownedBy('Company'), devices: fleet })
  if (platform === 'linux') return [corporate]
  const personal = add({
    name: `DYN-Devices-${word}-Personal`,
    rule: ownedBy('Personal'),
    devices: Math.round(fleet * 0.3),
  })
  return [corporate, personal]
}

function pilotGroups({ add, random, organisation }: Registrar, platform: Platform): SimGroup[] {
  const { code, word } = platformWords[platform]
  const name = (ring: string) => `${organisation.prefix}-INT-${code}-${ring}`
  const pilot = add({ name: name('Ring0-Pilot'), description: `IT pilot for ${word}`, devices: random.int(4, 25) })
  if (platform !== 'windows') return [pilot]
  return [pilot, add({ name: name('Ring1-EarlyAdopters'), devices: random.int(30, 90), users: random.int(0, 40) })]
}

function broadGroups({ add, random, organisation, scale }: Registrar, platform: Platform): SimGroup[] {
  const name = (ring: string) => `${organisation.prefix}-INT-${platformWords[platform].code}-${ring}`
  const size = Math.round(random.int(150, 400) * scale * fleetShare[platform])
  if (platform !== 'windows') return [add({ name: name('Broad'), devices: size })]
  const half = Math.ceil(size / 2)
  return [add({ name: name('Ring2-Broad-A'), devices: half }), add({ name: name('Ring3-Broad-B'), devices: half })]
}

function excludedGroups({ add, random, organisation }: Registrar): Directory['excluded'] {
  const { prefix } = organisation
  const everywhere = [
    add({ name: `${prefix}-SEC-BreakGlass-Accounts`, description: 'Emergency access. Never target.', users: 2 }),
    add({ name: `${prefix}-INT-Exclude-TestLab`, devices: random.int(2, 14) }),
    add({ name: `${prefix}-INT-Exclude-VIP`, users: random.int(5, 20) }),
  ]
  const onWindows = [
    add({ name: `${prefix}-INT-Exclude-Kiosk-Devices`, devices: random.int(5, 60) }),
    add({
      name: 'DYN-Devices-AVD-SessionHosts',
      rule: '(device.displayName -startsWith "AVD-")',
      devices: random.int(0, 120),
    }),
  ]
  return perPlatform((platform) => (platform === 'windows' ? [...everywhere, ...onWindows] : everywhere))
}

const licensedRule =
  '(user.assignedPlans -any (assignedPlan.servicePlanId -eq "c1ec4a95-1f05-45b3-a911-aa3fa01094f5" -and assignedPlan.capabilityStatus -eq "Enabled")) and (user.accountEnabled -eq true)'

function userGroups({ add, random, organisation, scale }: Registrar): SimGroup[] {
  const departments = organisation.departments.map((department) => {
    const users = random.int(6, 70) * scale
    return add({
      name: `${organisation.prefix}-USR-${department}`,
      rule: `(user.department -eq "${department}")`,
      users,
    })
  })
  const everyone = add({ name: 'DYN-Users-Intune-Licensed', rule: licensedRule, users: random.int(250, 600) * scale })
  const guests = add({ name: `${organisation.prefix}-USR-External Consultants`, users: random.int(3, 40) })
  return [...departments, everyone, guests]
}

function autopilotGroups({ add, random, scale }: Registrar): SimGroup[] {
  return ['STD', 'KIOSK', 'SHARED', 'DEV'].map((tag) => {
    const rule = `(device.devicePhysicalIDs -any (_ -eq "[OrderID]:${tag}"))`
    return add({ name: `DYN-Autopilot-${tag}`, rule, devices: random.int(3, 90) * scale })
  })
}

function cloudPcGroups({ add, random }: Registrar): Directory['cloudPc'] {
  const group = (size: string) => add({ name: `W365 - ${size}`, users: random.int(4, 60) })
  return {
    enterprise: ['Enterprise 4vCPU', 'Enterprise 8vCPU'].map(group),
    frontline: ['Frontline Shared', 'Frontline Dedicated'].map(group),
  }
}

/** A group of groups: its transitive members are those of every pilot. */
function everyPilot(
  { add, organisation }: Registrar,
  pilot: Readonly<Record<Platform, readonly SimGroup[]>>,
): SimGroup {
  const members = Object.values(pilot).flat()
  return add({
    name: `${organisation.prefix}-INT-All-Pilots`,
    description: 'Every pilot group of every platform',
    members,
  })
}

const sitePlatforms: readonly Platform[] = ['windows', 'ios', 'windows', 'macos', 'android']

function siteGroups(registrar: Registrar, count: number): Record<Platform, SimGroup[]> {
  const made = perPlatform<SimGroup[]>(() => [])
  const { sites } = registrar.organisation
  for (let index = 0; index < count; index++) {
    const platform = sitePlatforms[Math.floor(index / sites.length) % sitePlatforms.length] ?? 'windows'
    const round = Math.floor(index / (sites.length * sitePlatforms.length))
    const site = sites[index % sites.length]
    if (site)
      made[platform].push(
        siteGroup(registrar, { site, platform, round, isSecond: Math.floor(index / sites.length) % 5 === 2 }),
      )
  }
  return made
}

function siteGroup(
  { add, random, organisation }: Registrar,
  { site, platform, round, isSecond }: { site: Site; platform: Platform; round: number; isSecond: boolean },
): SimGroup {
  const kind = platform === 'windows' ? (isSecond ? 'Desktops' : 'Laptops') : platformWords[platform].word
  const floor = round === 0 ? '' : `-Bldg${round}`
  const isEmpty = random.chance(0.05)
  return add({
    name: `${organisation.prefix}-DEV-${site.code}${floor}-${kind}`,
    devices: isEmpty ? 0 : random.int(2, 120),
  })
}

function appGroups({ add, random, organisation }: Registrar, count: number): Map<string, SimGroup[]> {
  const names = [...new Set(platforms.flatMap((platform) => catalogs[platform].map((app) => app.name)))]
  const made = new Map<string, SimGroup[]>()
  for (let index = 0; index < count; index++) {
    const app = names[Math.floor(index / 2) % names.length] ?? ''
    const round = Math.floor(index / (2 * names.length))
    const site = organisation.sites[(round - 1) % organisation.sites.length]
    const isEmpty = random.chance(0.06)
    const name = `APP-${app}-${index % 2 === 0 ? 'Required' : 'Available'}${round === 0 || !site ? '' : `-${site.code}`}`
    const group = add({ name, users: isEmpty ? 0 : random.int(1, 80), devices: isEmpty ? 0 : random.int(0, 40) })
    made.set(app, [...(made.get(app) ?? []), group])
  }
  return made
}
