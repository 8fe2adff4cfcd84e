import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions } from '#graph/contracts/permissions.ts'

export const policySets = {
  key: 'policySets',
  label: 'Policy set',
  labelPlural: 'Policy sets',
  platform: 'any',
  collection: '/deviceAppManagement/policySets',
  apiVersion: 'beta',
  entityType: 'policySet',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTags',
  // IntuneManagement: the expansion is not allowed on the list.
  listExpandsAssignments: false,
  maxTop: null,
  payload: { kind: 'subCollection', path: 'items', expand: [] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: {
    kind: 'unsupported',
    why: 'a policy set is written by its update action together with its items, and assigns its member policies itself',
  },
  assignmentType: 'policySetAssignment',
  targets: ['group', 'exclusion'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract
