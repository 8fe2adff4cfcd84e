/** The application permissions contracts ask for, by area. Reader and writer are separate app registrations. */
export interface ContractPermissions {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

export const configurationPermissions: ContractPermissions = {
  read: ['DeviceManagementConfiguration.Read.All'],
  write: ['DeviceManagementConfiguration.ReadWrite.All'],
}

export const appPermissions: ContractPermissions = {
  read: ['DeviceManagementApps.Read.All'],
  write: ['DeviceManagementApps.ReadWrite.All'],
}

export const serviceConfigPermissions: ContractPermissions = {
  read: ['DeviceManagementServiceConfig.Read.All'],
  write: ['DeviceManagementServiceConfig.ReadWrite.All'],
}

// The reference pages and the service ask for DeviceManagementScripts.*, permissions.json (2026-08-07) still lists
// DeviceManagementConfiguration.* for the same paths (resources.json, permissionNote): both are asked for.
export const scriptPermissions: ContractPermissions = {
  read: ['DeviceManagementConfiguration.Read.All', 'DeviceManagementScripts.Read.All'],
  write: ['DeviceManagementConfiguration.ReadWrite.All', 'DeviceManagementScripts.ReadWrite.All'],
}

export const cloudPcPermissions: ContractPermissions = {
  read: ['CloudPC.Read.All'],
  write: ['CloudPC.ReadWrite.All'],
}
