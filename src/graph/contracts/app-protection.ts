import type { PolicyContract } from '#graph/contracts/contract.ts'
import { appPermissions } from '#graph/contracts/permissions.ts'

/**
 * What the policies of the mobile application management service share. That service refuses the all-users and
 * all-devices targets: "all users" is a group target with a virtual group id, "all devices" does not exist
 * (CIPP, Get-CIPPIntuneAssignmentTarget.ps1). Their union list `managedAppPolicies` is no type of its own.
 */
const managedAppPolicy = {
  apiVersion: 'beta',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  // IntuneManagement: no expansion on the list; for the concrete protection collections nobody has tried it.
  listExpandsAssignments: false,
  maxTop: null,
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'targetedManagedAppPolicyAssignment',
  targets: ['group', 'exclusion', 'allUsers'],
  takesFilters: true,
  assignmentProperties: [],
  permissions: appPermissions,
  quirks: ['allUsersIsVirtualGroup'],
} as const

/** App configuration policies for managed apps. */
export const targetedManagedAppConfigurations = {
  ...managedAppPolicy,
  key: 'targetedManagedAppConfigurations',
  label: 'App configuration policy (managed apps)',
  labelPlural: 'App configuration policies (managed apps)',
  platform: 'any',
  collection: '/deviceAppManagement/targetedManagedAppConfigurations',
  entityType: 'targetedManagedAppConfiguration',
  payload: { kind: 'item', expand: ['apps'] },
  // Settings picked from the settings catalog are a navigation no client is known to expand here.
  neverReturned: ['settings'],
} as const satisfies PolicyContract

export const iosManagedAppProtections = {
  ...managedAppPolicy,
  key: 'iosManagedAppProtections',
  label: 'App protection policy (iOS)',
  labelPlural: 'App protection policies (iOS)',
  platform: 'ios',
  collection: '/deviceAppManagement/iosManagedAppProtections',
  entityType: 'iosManagedAppProtection',
  payload: { kind: 'item', expand: ['apps'] },
} as const satisfies PolicyContract

export const androidManagedAppProtections = {
  ...managedAppPolicy,
  key: 'androidManagedAppProtections',
  label: 'App protection policy (Android)',
  labelPlural: 'App protection policies (Android)',
  platform: 'android',
  collection: '/deviceAppManagement/androidManagedAppProtections',
  entityType: 'androidManagedAppProtection',
  payload: { kind: 'item', expand: ['apps'] },
} as const satisfies PolicyContract

// permissions.json marks DeviceManagementConfiguration.* as least privileged here and lists DeviceManagementApps.* too;
// the app permissions are needed for the other protection policies anyway.
export const windowsManagedAppProtections = {
  ...managedAppPolicy,
  key: 'windowsManagedAppProtections',
  label: 'App protection policy (Windows)',
  labelPlural: 'App protection policies (Windows)',
  platform: 'windows',
  collection: '/deviceAppManagement/windowsManagedAppProtections',
  entityType: 'windowsManagedAppProtection',
  payload: { kind: 'item', expand: ['apps'] },
} as const satisfies PolicyContract

/** Windows Information Protection for enrolled devices (retired by Microsoft, still in old tenants). */
export const mdmWindowsInformationProtectionPolicies = {
  ...managedAppPolicy,
  key: 'mdmWindowsInformationProtectionPolicies',
  label: 'Windows Information Protection policy (enrolled)',
  labelPlural: 'Windows Information Protection policies (enrolled)',
  platform: 'windows',
  collection: '/deviceAppManagement/mdmWindowsInformationProtectionPolicies',
  entityType: 'mdmWindowsInformationProtectionPolicy',
  payload: { kind: 'item', expand: ['protectedAppLockerFiles', 'exemptAppLockerFiles'] },
  targets: ['group', 'exclusion'],
  // Not verified that a filter is accepted here: an assignment that carries one is not written.
  takesFilters: false,
  quirks: [],
} as const satisfies PolicyContract

/** Windows Information Protection without enrolment (retired by Microsoft, still in old tenants). */
export const windowsInformationProtectionPolicies = {
  ...managedAppPolicy,
  key: 'windowsInformationProtectionPolicies',
  label: 'Windows Information Protection policy',
  labelPlural: 'Windows Information Protection policies',
  platform: 'windows',
  collection: '/deviceAppManagement/windowsInformationProtectionPolicies',
  entityType: 'windowsInformationProtectionPolicy',
  payload: { kind: 'item', expand: ['protectedAppLockerFiles', 'exemptAppLockerFiles'] },
  targets: ['group', 'exclusion'],
  // As above: not verified.
  takesFilters: false,
  quirks: [],
} as const satisfies PolicyContract
