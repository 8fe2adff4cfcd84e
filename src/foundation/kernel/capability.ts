/**
 * What a person may be allowed to do, as a closed list, and the roles of a member. Every verb, procedure and command names
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
  'restore.approve',
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
  'members.view',
  'keys.own',
  'workspace.manage',
] as const

export type Capability = (typeof capabilities)[number]

export const roles = ['owner', 'manager', 'operator', 'readonly'] as const

export type Role = (typeof roles)[number]
