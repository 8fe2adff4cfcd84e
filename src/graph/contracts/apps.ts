import type { PolicyContract } from '#graph/contracts/contract.ts'
import { appPermissions } from '#graph/contracts/permissions.ts'

export const mobileApps = {
  key: 'mobileApps',
  label: 'App',
  labelPlural: 'Apps',
  platform: 'any',
  collection: '/deviceAppManagement/mobileApps',
  apiVersion: 'beta',
  entityType: 'mobileApp',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  // CIPP's UI and Intune-Toolkit expand the list, CIPP's cache reads app by app: expanded, with the fallback to items.
  listExpandsAssignments: true,
  maxTop: 999,
  payload: { kind: 'list' },
  // Content files are never downloadable; the list shows no icon.
  neverReturned: ['content files', 'largeIcon'],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'mobileAppAssignments' },
  assignmentType: 'mobileAppAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  takesFilters: true,
  assignmentProperties: ['intent', 'settings'],
  permissions: appPermissions,
  quirks: [
    // 400 "Exclusion assignment does not support MobileAppAssignment Settings." (CIPP, Set-CIPPAssignedApplication.ps1)
    'exclusionsCarryNoSettings',
    // required and available of one group are two rows (resources.json, quirks).
    'oneRowPerIntent',
    // A winGetApp right after its creation refuses assign (resources.json, quirks).
    'assignNeedsPublished',
  ],
} as const satisfies PolicyContract

/** App configuration policies for managed devices. */
export const mobileAppConfigurations = {
  key: 'mobileAppConfigurations',
  label: 'App configuration policy (managed devices)',
  labelPlural: 'App configuration policies (managed devices)',
  platform: 'any',
  collection: '/deviceAppManagement/mobileAppConfigurations',
  apiVersion: 'beta',
  entityType: 'managedDeviceMobileAppConfiguration',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'managedDeviceMobileAppConfigurationAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  // Not verified that a filter is accepted here: an assignment that carries one is not written.
  takesFilters: false,
  assignmentProperties: [],
  permissions: appPermissions,
  quirks: [],
} as const satisfies PolicyContract

/** Supplemental policies of Windows Defender Application Control. */
export const wdacSupplementalPolicies = {
  key: 'wdacSupplementalPolicies',
  label: 'Application control supplemental policy',
  labelPlural: 'Application control supplemental policies',
  platform: 'windows',
  collection: '/deviceAppManagement/wdacSupplementalPolicies',
  apiVersion: 'beta',
  entityType: 'windowsDefenderApplicationControlSupplementalPolicy',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'item', expand: [] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'wdacPolicyAssignments' },
  assignmentType: 'windowsDefenderApplicationControlSupplementalPolicyAssignment',
  // No source names the targets this type accepts: read, never written.
  targets: [],
  takesFilters: false,
  assignmentProperties: [],
  permissions: appPermissions,
  quirks: [],
} as const satisfies PolicyContract

export const iosLobAppProvisioningConfigurations = {
  key: 'iosLobAppProvisioningConfigurations',
  label: 'iOS app provisioning profile',
  labelPlural: 'iOS app provisioning profiles',
  platform: 'ios',
  collection: '/deviceAppManagement/iosLobAppProvisioningConfigurations',
  apiVersion: 'beta',
  entityType: 'iosLobAppProvisioningConfiguration',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'item', expand: [] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'iOSLobAppProvisioningConfigAssignments' },
  assignmentType: 'iosLobAppProvisioningConfigurationAssignment',
  // No source names the targets this type accepts: read, never written.
  targets: [],
  takesFilters: false,
  assignmentProperties: [],
  permissions: appPermissions,
  quirks: [],
} as const satisfies PolicyContract

export const managedEBooks = {
  key: 'managedEBooks',
  label: 'eBook',
  labelPlural: 'eBooks',
  platform: 'ios',
  collection: '/deviceAppManagement/managedEBooks',
  apiVersion: 'beta',
  entityType: 'managedEBook',
  nameProperty: 'displayName',
  scopeTagsProperty: null,
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'managedEBookAssignments' },
  assignmentType: 'managedEBookAssignment',
  // No source names the targets this type accepts: read, never written.
  targets: [],
  takesFilters: false,
  assignmentProperties: ['installIntent'],
  permissions: appPermissions,
  quirks: [],
} as const satisfies PolicyContract
