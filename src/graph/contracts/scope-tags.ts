import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions } from '#graph/contracts/permissions.ts'

/** Scope tags are assigned to groups of devices themselves, and are a foundation of every other type. */
export const roleScopeTags = {
  key: 'roleScopeTags',
  label: 'Scope tag',
  labelPlural: 'Scope tags',
  platform: 'any',
  collection: '/deviceManagement/roleScopeTags',
  apiVersion: 'beta',
  entityType: 'roleScopeTag',
  nameProperty: 'displayName',
  scopeTagsProperty: null,
  // IntuneManagement: the expanded property is present and always empty.
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'list' },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'roleScopeTagAutoAssignment',
  targets: ['group'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract
