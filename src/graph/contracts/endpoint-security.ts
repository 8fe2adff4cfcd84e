import type { PolicyContract } from '#graph/contracts/contract.ts'
import { configurationPermissions } from '#graph/contracts/permissions.ts'

/** Endpoint security policies and baselines of the older kind; newer ones are settings catalog policies. */
export const intents = {
  key: 'intents',
  label: 'Endpoint security intent',
  labelPlural: 'Endpoint security intents',
  platform: 'any',
  collection: '/deviceManagement/intents',
  apiVersion: 'beta',
  entityType: 'deviceManagementIntent',
  nameProperty: 'displayName',
  scopeTagsProperty: 'roleScopeTagIds',
  // CIPP and IntuneAssignmentChecker read intent by intent; one tool asks for the expansion, unverified.
  listExpandsAssignments: false,
  maxTop: 1000,
  payload: { kind: 'subCollection', path: 'settings', expand: [] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'deviceManagementIntentAssignment',
  targets: ['group', 'exclusion', 'allUsers', 'allDevices'],
  // Not verified that a filter is accepted here: an assignment that carries one is not written.
  takesFilters: false,
  assignmentProperties: [],
  permissions: configurationPermissions,
  quirks: [],
} as const satisfies PolicyContract
