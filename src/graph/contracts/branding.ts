import type { PolicyContract } from '#graph/contracts/contract.ts'
import { appPermissions } from '#graph/contracts/permissions.ts'

export const intuneBrandingProfiles = {
  key: 'intuneBrandingProfiles',
  label: 'Company Portal branding',
  labelPlural: 'Company Portal brandings',
  platform: 'any',
  collection: '/deviceManagement/intuneBrandingProfiles',
  apiVersion: 'beta',
  entityType: 'intuneBrandingProfile',
  nameProperty: 'profileName',
  scopeTagsProperty: 'roleScopeTagIds',
  listExpandsAssignments: false,
  maxTop: null,
  // Logos and the landing page image are on the item.
  payload: { kind: 'item', expand: [] },
  neverReturned: [],
  assignmentsRead: 'subCollection',
  assign: { kind: 'action', bodyProperty: 'assignments' },
  assignmentType: 'intuneBrandingProfileAssignment',
  targets: ['group', 'exclusion'],
  takesFilters: false,
  assignmentProperties: [],
  permissions: appPermissions,
  // isDefaultProfile = true reaches everyone and has no assignments (resources.json, quirks).
  quirks: ['defaultProfileIsBuiltIn'],
} as const satisfies PolicyContract
