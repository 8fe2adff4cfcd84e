import { capabilities, roles } from '#foundation/kernel/capability.ts'
import type { Capability, Role } from '#foundation/kernel/capability.ts'

const readonly = [
  'tenant.view',
  'inventory.view',
  'backups.view',
  'operations.view',
  'members.view',
  'keys.own',
] as const
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
  'restore.approve',
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

/** Whether the first role has everything the second one has. */
export function isAtLeast(role: Role, other: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(other)
}

/** The narrower of two roles. */
export function narrower(role: Role, other: Role): Role {
  return isAtLeast(role, other) ? other : role
}
