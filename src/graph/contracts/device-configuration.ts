import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions, serviceConfigPermissions } from '#graph/contracts/permissions.ts'

/** Device configuration profiles of many subtypes, update rings and custom (OMA-URI) profiles among them. */
export const deviceConfigurations = {
  key: 'deviceConfigurations',
  label: 'Device configuration profile',
  labelPlural: 'Device configuration profiles',
  platform: 'any',
  collection: '/deviceManagement/deviceConfigurations',
  apiVersion: 'beta',
  entityType: 'deviceConfiguration',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: 1000,
  payload: { kind: 'list' },
  // Encrypted OMA-URI values read as "****" with a secretReferenceValueId (resources.json, quirks).
  neverReturned: ['omaSettings[].value (encrypted)', 'preSharedKey', 'certificate passwords'],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'deviceConfigurationAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  takesFilters: true,
  // apply | remove, beta only (types-beta.json).
  assignmentProperties: ['intent'],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract

export const groupPolicyConfigurations = {
  key: 'groupPolicyConfigurations',
  label: 'Administrative template',
  labelPlural: 'Administrative templates',
  platform: 'windows',
  collection: '/deviceManagement/groupPolicyConfigurations',
  apiVersion: 'beta',
  entityType: 'groupPolicyConfiguration',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: 1000,
  payload: {
    kind: 'subCollection',
    path: 'definitionValues',
    expand: ['definition', 'presentationValues($expand=presentation)'],
  },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'groupPolicyConfigurationAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  takesFilters: true,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract

/** BIOS configurations. */
export const hardwareConfigurations = {
  key: 'hardwareConfigurations',
  label: 'BIOS configuration',
  labelPlural: 'BIOS configurations',
  platform: 'windows',
  collection: '/deviceManagement/hardwareConfigurations',
  apiVersion: 'beta',
  entityType: 'hardwareConfiguration',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: null,
  payload: { kind: 'item', expand: [] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'hardwareConfigurationAssignments' },
  assignmentType: 'hardwareConfigurationAssignment',
  // No source names the targets this type accepts: read, never written.
  targets: [],
  takesFilters: false,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract

/** Certificate, VPN, Wi-Fi and e-mail profiles of the older kind. */
export const resourceAccessProfiles = {
  key: 'resourceAccessProfiles',
  label: 'Resource access profile',
  labelPlural: 'Resource access profiles',
  platform: 'windows',
  collection: '/deviceManagement/resourceAccessProfiles',
  apiVersion: 'beta',
  entityType: 'deviceManagementResourceAccessProfileBase',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'deviceManagementResourceAccessProfileAssignment',
  // No source names the targets this type accepts: read, never written.
  targets: [],
  takesFilters: false,
  assignmentProperties: ['intent'],
  permissions: serviceConfigPermissions,
  quirks: [],
} as const satisfies PolicyContract
