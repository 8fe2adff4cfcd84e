/**
 * What a person may be allowed to do, as a closed list, and which role may do it. Every verb, route and command names
 * one of these; nothing asks for a role.
 */
export const capabilities = [
  'tenant.view',
  'tenant.manage',
  'connections.manage',
  'connections.verify',
  'inventory.view',
  'inventory.sync',
  'backups.view',
  'backups.manage',
  'restore.plan',
  'restore.execute',
  'operations.view',
  'operations.start',
  'operations.cancel',
  'operations.manage',
  'operations.override_cooldown',
  'notifications.manage',
  'schedules.manage',
  'retention.manage',
  'audit.view',
  'members.manage',
] as const

export type Capability = (typeof capabilities)[number]

export const roles = ['owner', 'manager', 'operator', 'readonly'] as const

export type Role = (typeof roles)[number]

const readonly = ['tenant.view', 'inventory.view', 'backups.view', 'operations.view'] as const
const operator = [
  ...readonly,
  'connections.verify',
  'inventory.sync',
  'backups.manage',
  'restore.plan',
  'operations.start',
  'operations.cancel',
  'schedules.manage',
] as const
const manager = [
  ...operator,
  'restore.execute',
  'tenant.manage',
  'connections.manage',
  'operations.manage',
  'operations.override_cooldown',
  'notifications.manage',
  'retention.manage',
  'audit.view',
] as const

/** The role table. A wider role has all the narrower one has. */
export const capabilitiesOfRole: Readonly<Record<Role, readonly Capability[]>> = {
  readonly,
  operator,
  manager,
  owner: capabilities,
}
