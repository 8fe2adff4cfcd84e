import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions } from '#graph/contracts/permissions.ts'

// Without its actions for noncompliance a compliance policy cannot be made again (resources.json, quirks).
const scheduledActions = 'scheduledActionsForRule($expand=scheduledActionConfigurations)'

/** Compliance policies of newer platforms (Linux), built like the settings catalog. */
export const compliancePolicies = {
  key: 'compliancePolicies',
  label: 'Compliance policy (settings catalog)',
  labelPlural: 'Compliance policies (settings catalog)',
  platform: 'any',
  collection: '/deviceManagement/compliancePolicies',
  apiVersion: 'beta',
  entityType: 'deviceManagementCompliancePolicy',
  nameProperty: 'name',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: null,
  // No client is known to expand these on the list, so each policy is read by itself.
  payload: { kind: 'item', expand: ['settings', scheduledActions] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  // The assignment entity is the one of configuration policies (assign-actions.json).
  assignmentType: 'deviceManagementConfigurationPolicyAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  takesFilters: true,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract

export const deviceCompliancePolicies = {
  key: 'deviceCompliancePolicies',
  label: 'Compliance policy',
  labelPlural: 'Compliance policies',
  platform: 'any',
  collection: '/deviceManagement/deviceCompliancePolicies',
  apiVersion: 'beta',
  entityType: 'deviceCompliancePolicy',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: 1000,
  payload: { kind: 'listExpand', expand: [scheduledActions] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'deviceCompliancePolicyAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  takesFilters: true,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract
