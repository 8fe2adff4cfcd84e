import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions } from '#graph/contracts/permissions.ts'

/** Settings catalog policies, including endpoint security templates and scripts for Linux and macOS made from them. */
export const configurationPolicies = {
  key: 'configurationPolicies',
  label: 'Settings catalog policy',
  labelPlural: 'Settings catalog policies',
  platform: 'any',
  collection: '/deviceManagement/configurationPolicies',
  apiVersion: 'beta',
  entityType: 'deviceManagementConfigurationPolicy',
  nameProperty: 'name',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  maxTop: 1000,
  // $expand=assignments,settings on the list: KelvinTegelaar/CIPP-API, Get-CIPPIntunePolicyListDefinitions.ps1.
  payload: { kind: 'listExpand', expand: ['settings'] },
  // Secret settings read back as a secretReferenceValueId placeholder.
  neverReturned: ['settings[].settingInstance secret values'],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'deviceManagementConfigurationPolicyAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  takesFilters: true,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract
