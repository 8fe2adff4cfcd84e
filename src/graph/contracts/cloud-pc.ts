import type { PolicyContract } from '#graph/contracts/contract.ts'
import { cloudPcPermissions } from '#graph/contracts/permissions.ts'

/** What Windows 365 policies share. Their targets are a hierarchy of their own, without filters. */
const cloudPc = {
  platform: 'cloudPc',
  apiVersion: 'beta',
  nameProperty: 'displayName',
  // The expansion works on the item; nobody has shown it on the list.
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  targets: ['cloudPcGroup'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: cloudPcPermissions,
  quirks: [],
} as const

export const cloudPcProvisioningPolicies = {
  ...cloudPc,
  key: 'cloudPcProvisioningPolicies',
  label: 'Cloud PC provisioning policy',
  labelPlural: 'Cloud PC provisioning policies',
  collection: '/deviceManagement/virtualEndpoint/provisioningPolicies',
  entityType: 'cloudPcProvisioningPolicy',
  scopeTagsProperty: 'scopeIds',
  assignmentType: 'cloudPcProvisioningPolicyAssignment',
} as const satisfies PolicyContract

export const cloudPcUserSettings = {
  ...cloudPc,
  key: 'cloudPcUserSettings',
  label: 'Cloud PC user setting',
  labelPlural: 'Cloud PC user settings',
  collection: '/deviceManagement/virtualEndpoint/userSettings',
  entityType: 'cloudPcUserSetting',
  scopeTagsProperty: null,
  assignmentType: 'cloudPcUserSettingAssignment',
} as const satisfies PolicyContract
