/** Scope tags, assignment filters, branding, notification templates. */
import { collectionPaths } from '../world.ts'
import { apps, configuration, configurationOrRbac, serviceConfig } from './permissions.ts'
import { assignAnsweringNothing, assignAnsweringSet, assignmentRules, resourceType } from './resource-type.ts'

export const tenantWideTypes = [
  resourceType({
    collection: collectionPaths.roleScopeTags,
    entity: 'roleScopeTag',
    service: 'rbac',
    component: 'RoleBasedAccessControl',
    permissions: configurationOrRbac,
    expandOnList: 'empty',
    assignments: assignmentRules({
      type: 'roleScopeTagAutoAssignment',
      write: assignAnsweringSet('assignments'),
      targets: ['group'],
      filters: false,
    }),
  }),
  resourceType({
    collection: collectionPaths.assignmentFilters,
    entity: 'deviceAndAppManagementAssignmentFilter',
    service: 'deviceConfiguration',
    component: 'AssignmentFilter',
    permissions: configuration,
    expandOnList: 'refused',
    assignments: null,
  }),
  resourceType({
    collection: '/deviceManagement/intuneBrandingProfiles',
    entity: 'intuneBrandingProfile',
    nameProperty: 'profileName',
    service: 'deviceConfiguration',
    component: 'Enrollment',
    permissions: apps,
    assignments: assignmentRules({
      type: 'intuneBrandingProfileAssignment',
      write: assignAnsweringNothing('assignments', 204),
      targets: ['group', 'exclusion'],
      filters: false,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/notificationMessageTemplates',
    entity: 'notificationMessageTemplate',
    v1: true,
    service: 'deviceConfiguration',
    component: 'NotificationMessageTemplate',
    permissions: serviceConfig,
    expandOnList: 'refused',
    navigation: { localizedNotificationMessages: {} },
    assignments: null,
  }),
]
