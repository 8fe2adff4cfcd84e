import type { Permissions } from './resource-type.ts'

function both(area: string): Permissions {
  return { read: [`${area}.Read.All`, `${area}.ReadWrite.All`], write: [`${area}.ReadWrite.All`] }
}

function merge(...all: readonly Permissions[]): Permissions {
  return { read: all.flatMap((one) => one.read), write: all.flatMap((one) => one.write) }
}

export const configuration = both('DeviceManagementConfiguration')
export const apps = both('DeviceManagementApps')
export const serviceConfig = both('DeviceManagementServiceConfig')
export const cloudPc = both('CloudPC')
export const appsOrConfiguration = merge(apps, configuration)
export const serviceConfigOrConfiguration = merge(serviceConfig, configuration)
export const configurationOrRbac = merge(configuration, both('DeviceManagementRBAC'))

const scripts = both('DeviceManagementScripts')

/** Remediations: the documentation moved to the script permissions, the older ones still work. */
export const healthScripts = merge(configuration, scripts)
export const deviceScripts = merge(configuration, both('DeviceManagementManagedDevices'), scripts)

export const groupRead = [
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'Group-NestingSupport.ReadWrite.All',
  'Group.ManageProtection.All',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'Group.ReadWrite.All',
  'GroupMember.Read.All',
] as const

export const groupMemberRead = [
  'Directory.Read.All',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'Group.ReadWrite.All',
  'GroupMember.Read.All',
  'GroupMember.ReadBasic.All',
  'GroupMember.ReadWrite.All',
] as const

export const organizationRead = [
  ...serviceConfig.read,
  ...configuration.read,
  'Directory.Read.All',
  'Directory.ReadWrite.All',
  'Organization.Read.All',
  'Organization.ReadWrite.All',
  'User.Read.All',
] as const
