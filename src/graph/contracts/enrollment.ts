import type { PolicyContract } from '#graph/contracts/contract.ts'
import { serviceConfigPermissions } from '#graph/contracts/permissions.ts'

// `/{id}/assign` exists here and takes device ids, not targets: assignments are added and removed one by one.
export const windowsAutopilotDeploymentProfiles = {
  key: 'windowsAutopilotDeploymentProfiles',
  label: 'Autopilot deployment profile',
  labelPlural: 'Autopilot deployment profiles',
  platform: 'windows',
  collection: '/deviceManagement/windowsAutopilotDeploymentProfiles',
  apiVersion: 'beta',
  entityType: 'windowsAutopilotDeploymentProfile',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: 999,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'perTarget' },
  assignmentType: 'windowsAutopilotDeploymentProfileAssignment',
  targets: ['group', 'exclusion', 'allDevices'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: serviceConfigPermissions,
  // `{profile}_{group}_{0|1}` (observed-assignments.json).
  quirks: ['assignmentIdIsOpaque'],
} as const satisfies PolicyContract

/** Enrollment restrictions and limits, status pages, Windows Hello for Business, notifications, co-management. */
export const deviceEnrollmentConfigurations = {
  key: 'deviceEnrollmentConfigurations',
  label: 'Enrollment configuration',
  labelPlural: 'Enrollment configurations',
  platform: 'any',
  collection: '/deviceManagement/deviceEnrollmentConfigurations',
  apiVersion: 'beta',
  entityType: 'deviceEnrollmentConfiguration',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  // CIPP's standards and IntuneManagement expand the list, CIPP's cache does not: expanded, with the fallback to items.
  listExpandsAssignments: true,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'enrollmentConfigurationAssignments' },
  assignmentType: 'enrollmentConfigurationAssignment',
  // Which of these a subtype takes differs (status page: all three); exclusions are not known to be accepted.
  targets: ['group', 'allUsers', 'allDevices'],
  // Not verified that a filter is accepted here: an assignment that carries one is not written.
  takesFilters: false,
  assignmentProperties: [],
  permissions: serviceConfigPermissions,
  // Defaults show an all-devices assignment with sourceId null and must not be written (observed-assignments.json).
  quirks: ['priorityZeroIsDefault'],
} as const satisfies PolicyContract

export const termsAndConditions = {
  key: 'termsAndConditions',
  label: 'Terms and conditions',
  labelPlural: 'Terms and conditions',
  platform: 'any',
  collection: '/deviceManagement/termsAndConditions',
  apiVersion: 'beta',
  entityType: 'termsAndConditions',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  // IntuneManagement: the expansion is not supported.
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'perTarget' },
  assignmentType: 'termsAndConditionsAssignment',
  targets: ['group', 'allUsers', 'configManagerCollection'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: serviceConfigPermissions,
  quirks: ['assignmentIdIsOpaque'],
} as const satisfies PolicyContract

export const appleUserInitiatedEnrollmentProfiles = {
  key: 'appleUserInitiatedEnrollmentProfiles',
  label: 'Apple user-initiated enrollment profile',
  labelPlural: 'Apple user-initiated enrollment profiles',
  platform: 'ios',
  collection: '/deviceManagement/appleUserInitiatedEnrollmentProfiles',
  apiVersion: 'beta',
  entityType: 'appleUserInitiatedEnrollmentProfile',
  nameProperty: 'displayName',
  scopeTagsProperty: null,
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'perTarget' },
  assignmentType: 'appleEnrollmentProfileAssignment',
  // All users is unverified (resources.json), so only groups are written.
  targets: ['group'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: serviceConfigPermissions,
  quirks: ['assignmentIdIsOpaque'],
} as const satisfies PolicyContract
