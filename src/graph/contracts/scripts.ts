import type { PolicyContract } from '#graph/contracts/contract.ts'
import { scriptPermissions } from '#graph/contracts/permissions.ts'

/** What the four assignable script families share; the list never carries script content, so each is read by itself. */
const script = {
  apiVersion: 'beta',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: true,
  // paging.json, observedTop: "mobileApps, autopilot profiles, scripts".
  maxTop: 999,
  payload: { kind: 'item', expand: [] },
  neverReturned: [],
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  permissions: scriptPermissions,
} as const

export const deviceManagementScripts = {
  ...script,
  key: 'deviceManagementScripts',
  label: 'PowerShell script',
  labelPlural: 'PowerShell scripts',
  platform: 'windows',
  collection: '/deviceManagement/deviceManagementScripts',
  entityType: 'deviceManagementScript',
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'deviceManagementScriptAssignments' },
  assignmentType: 'deviceManagementScriptAssignment',
  takesFilters: false,
  assignmentProperties: [],
  quirks: [],
} as const satisfies PolicyContract

export const deviceShellScripts = {
  ...script,
  key: 'deviceShellScripts',
  label: 'Shell script',
  labelPlural: 'Shell scripts',
  platform: 'macos',
  collection: '/deviceManagement/deviceShellScripts',
  entityType: 'deviceShellScript',
  // IntuneCD and M365DSC read GET /{id}?$expand=assignments, never /{id}/assignments (resources.json, quirks).
  assignmentsRead: 'itemExpand',
  assign: { kind: 'action', bodyProperty: 'deviceManagementScriptAssignments' },
  assignmentType: 'deviceManagementScriptAssignment',
  takesFilters: false,
  assignmentProperties: [],
  quirks: [],
} as const satisfies PolicyContract

export const deviceCustomAttributeShellScripts = {
  ...script,
  key: 'deviceCustomAttributeShellScripts',
  label: 'Custom attribute script',
  labelPlural: 'Custom attribute scripts',
  platform: 'macos',
  collection: '/deviceManagement/deviceCustomAttributeShellScripts',
  entityType: 'deviceCustomAttributeShellScript',
  // As for shell scripts: IntuneCD reads them with GET /{id}?$expand=assignments.
  assignmentsRead: 'itemExpand',
  assign: { kind: 'action', bodyProperty: 'deviceManagementScriptAssignments' },
  assignmentType: 'deviceManagementScriptAssignment',
  takesFilters: false,
  assignmentProperties: [],
  quirks: [],
} as const satisfies PolicyContract

export const deviceHealthScripts = {
  ...script,
  key: 'deviceHealthScripts',
  label: 'Remediation',
  labelPlural: 'Remediations',
  platform: 'windows',
  collection: '/deviceManagement/deviceHealthScripts',
  entityType: 'deviceHealthScript',
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'deviceHealthScriptAssignments' },
  assignmentType: 'deviceHealthScriptAssignment',
  takesFilters: true,
  assignmentProperties: ['runSchedule', 'runRemediationScript'],
  quirks: [
    // deploymenttheory/terraform-provider-microsoft365, windows_remediation_script/construct_assignment.go.
    'remediationFlagReadsFalse',
    // observed-assignments.json, deviceHealthScripts.
    'emptyFilterIsZeroGuid',
  ],
} as const satisfies PolicyContract

/** Discovery scripts of custom compliance: a compliance policy refers to them, nobody assigns them (resources.json). */
export const deviceComplianceScripts = {
  ...script,
  key: 'deviceComplianceScripts',
  label: 'Compliance discovery script',
  labelPlural: 'Compliance discovery scripts',
  platform: 'windows',
  collection: '/deviceManagement/deviceComplianceScripts',
  entityType: 'deviceComplianceScript',
  listExpandsAssignments: false,
  maxTop: null,
  assignmentsRead: 'none',
  assign: {
    kind: 'unsupported',
    why: 'a discovery script is referred to by a compliance policy and not assigned itself',
  },
  assignmentType: 'deviceHealthScriptAssignment',
  targets: [],
  takesFilters: false,
  assignmentProperties: [],
  quirks: [],
} as const satisfies PolicyContract
