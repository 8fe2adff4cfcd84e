/** Applications, books, app configuration of managed devices, and what is delivered like an app. */
import { apps, configuration } from './permissions.ts'
import { assignAnsweringNothing, assignmentRules, resourceType } from './resource-type.ts'

export const appTypes = [
  resourceType({
    collection: '/deviceAppManagement/mobileApps',
    entity: 'mobileApp',
    v1: true,
    maxTop: 999,
    service: 'applications',
    component: 'MobileApp',
    permissions: apps,
    sendsType: true,
    itemOnly: ['largeIcon'],
    navigation: { categories: {} },
    saysIsAssigned: true,
    assignments: assignmentRules({
      type: 'mobileAppAssignment',
      write: assignAnsweringNothing('mobileAppAssignments', 204),
      extras: ['intent', 'settings'],
      stamps: ['source', 'sourceId'],
      idFormat: 'target_intent_kind',
      rowsAreWritable: true,
    }),
  }),
  resourceType({
    collection: '/deviceAppManagement/mobileAppConfigurations',
    entity: 'managedDeviceMobileAppConfiguration',
    v1: true,
    service: 'applications',
    component: 'MobileAppConfiguration',
    permissions: apps,
    sendsType: true,
    assignments: assignmentRules({
      type: 'managedDeviceMobileAppConfigurationAssignment',
      write: assignAnsweringNothing('assignments', 200),
    }),
  }),
  resourceType({
    collection: '/deviceAppManagement/managedEBooks',
    entity: 'managedEBook',
    v1: true,
    service: 'applications',
    component: 'MobileApp',
    permissions: apps,
    sendsType: true,
    assignments: assignmentRules({
      type: 'managedEBookAssignment',
      write: assignAnsweringNothing('managedEBookAssignments', 204),
      extras: ['installIntent'],
    }),
  }),
  resourceType({
    collection: '/deviceAppManagement/iosLobAppProvisioningConfigurations',
    entity: 'iosLobAppProvisioningConfiguration',
    service: 'applications',
    component: 'MobileAppConfiguration',
    permissions: apps,
    assignments: assignmentRules({
      type: 'iosLobAppProvisioningConfigurationAssignment',
      write: assignAnsweringNothing('iOSLobAppProvisioningConfigAssignments', 204),
    }),
  }),
  resourceType({
    collection: '/deviceAppManagement/wdacSupplementalPolicies',
    entity: 'windowsDefenderApplicationControlSupplementalPolicy',
    service: 'applications',
    component: 'MobileApp',
    permissions: apps,
    assignments: assignmentRules({
      type: 'windowsDefenderApplicationControlSupplementalPolicyAssignment',
      write: assignAnsweringNothing('wdacPolicyAssignments', 204),
    }),
  }),
  resourceType({
    collection: '/deviceAppManagement/policySets',
    entity: 'policySet',
    service: 'applications',
    component: 'DeviceConfiguration',
    permissions: configuration,
    expandOnList: 'refused',
    navigation: { items: {} },
    assignments: assignmentRules({
      type: 'policySetAssignment',
      write: { kind: 'update', body: 'assignments' },
      targets: ['group', 'exclusion'],
      filters: false,
      stamps: ['lastModifiedDateTime'],
    }),
  }),
]
