/**
 * What assignments and policies refer to, read beside them and never written: groups by id, and three small lists.
 * Scope tags are a policy type as well (`scope-tags.ts`), because they can be assigned themselves.
 */
export interface FoundationContract {
  readonly key: 'assignmentFilters' | 'roleScopeTags' | 'notificationMessageTemplates'
  readonly label: string
  readonly labelPlural: string
  readonly collection: string
  readonly entityType: string
  readonly expand: readonly string[]
  readonly permissions: { readonly read: readonly string[] }
}

export const assignmentFilters = {
  key: 'assignmentFilters',
  label: 'Assignment filter',
  labelPlural: 'Assignment filters',
  collection: '/deviceManagement/assignmentFilters',
  entityType: 'deviceAndAppManagementAssignmentFilter',
  expand: [],
  permissions: { read: ['DeviceManagementConfiguration.Read.All'] },
} as const satisfies FoundationContract

export const scopeTags = {
  key: 'roleScopeTags',
  label: 'Scope tag',
  labelPlural: 'Scope tags',
  collection: '/deviceManagement/roleScopeTags',
  entityType: 'roleScopeTag',
  expand: [],
  permissions: { read: ['DeviceManagementConfiguration.Read.All'] },
} as const satisfies FoundationContract

/** Compliance policies send these; a message lives in its localized versions. */
export const notificationMessageTemplates = {
  key: 'notificationMessageTemplates',
  label: 'Notification template',
  labelPlural: 'Notification templates',
  collection: '/deviceManagement/notificationMessageTemplates',
  entityType: 'notificationMessageTemplate',
  expand: ['localizedNotificationMessages'],
  permissions: { read: ['DeviceManagementServiceConfig.Read.All'] },
} as const satisfies FoundationContract

export const foundations: readonly FoundationContract[] = [assignmentFilters, scopeTags, notificationMessageTemplates]

/**
 * Groups are asked for by id. `getByIds` answers 1,000 ids at once and needs Directory.Read.All; `/groups/{id}` is the
 * way with less (permissions.json, protocol/groups.json), so only that is required.
 */
export const directory = {
  getByIds: '/directoryObjects/getByIds',
  maxIdsPerCall: 1000,
  group: '/groups',
  groupSelect: ['id', 'displayName', 'groupTypes', 'membershipRule', 'securityEnabled'],
  permissions: { read: ['GroupMember.Read.All'], faster: ['Directory.Read.All'] },
} as const

/** The tenant itself; answered for nearly every permission, so it proves token and reachability. */
export const organization = {
  path: '/organization',
  permissions: { read: ['DeviceManagementServiceConfig.Read.All'] },
} as const
