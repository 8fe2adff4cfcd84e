import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions } from '#graph/contracts/permissions.ts'

/** What the four collections of Windows update policies share. Update rings are device configurations. */
const windowsUpdate = {
  platform: 'windows',
  apiVersion: 'beta',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  // Every client that sets $top stays at 200 here (CIPP, Get-CIPPIntunePolicyListDefinitions.ps1).
  maxTop: 200,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  targets: ['group', 'exclusion'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const

export const windowsFeatureUpdateProfiles = {
  ...windowsUpdate,
  key: 'windowsFeatureUpdateProfiles',
  label: 'Feature update profile',
  labelPlural: 'Feature update profiles',
  collection: '/deviceManagement/windowsFeatureUpdateProfiles',
  entityType: 'windowsFeatureUpdateProfile',
  assignmentType: 'windowsFeatureUpdateProfileAssignment',
} as const satisfies PolicyContract

/** Expedited quality updates. */
export const windowsQualityUpdateProfiles = {
  ...windowsUpdate,
  key: 'windowsQualityUpdateProfiles',
  label: 'Quality update profile (expedite)',
  labelPlural: 'Quality update profiles (expedite)',
  collection: '/deviceManagement/windowsQualityUpdateProfiles',
  entityType: 'windowsQualityUpdateProfile',
  assignmentType: 'windowsQualityUpdateProfileAssignment',
} as const satisfies PolicyContract

/** Quality update policies (hotpatch). permissions.json has no entry for them; the siblings' permissions are used. */
export const windowsQualityUpdatePolicies = {
  ...windowsUpdate,
  key: 'windowsQualityUpdatePolicies',
  label: 'Quality update policy',
  labelPlural: 'Quality update policies',
  collection: '/deviceManagement/windowsQualityUpdatePolicies',
  entityType: 'windowsQualityUpdatePolicy',
  assignmentType: 'windowsQualityUpdatePolicyAssignment',
} as const satisfies PolicyContract

export const windowsDriverUpdateProfiles = {
  ...windowsUpdate,
  key: 'windowsDriverUpdateProfiles',
  label: 'Driver update profile',
  labelPlural: 'Driver update profiles',
  collection: '/deviceManagement/windowsDriverUpdateProfiles',
  entityType: 'windowsDriverUpdateProfile',
  assignmentType: 'windowsDriverUpdateProfileAssignment',
} as const satisfies PolicyContract
