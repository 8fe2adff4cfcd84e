/** Settings catalog, compliance, device configuration, administrative templates, endpoint security intents. */
import { configuration, serviceConfig } from './permissions.ts'
import { assignAnsweringNothing, assignAnsweringSet, assignmentRules, resourceType } from './resource-type.ts'

const sourced = ['source', 'sourceId'] as const

export const configurationTypes = [
  resourceType({
    collection: '/deviceManagement/configurationPolicies',
    entity: 'deviceManagementConfigurationPolicy',
    nameProperty: 'name',
    service: 'deviceConfigurationV2',
    component: 'DeviceConfiguration',
    permissions: configuration,
    navigation: { settings: {} },
    saysIsAssigned: true,
    assignments: assignmentRules({
      type: 'deviceManagementConfigurationPolicyAssignment',
      write: assignAnsweringSet('assignments'),
      stamps: sourced,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/compliancePolicies',
    entity: 'deviceManagementCompliancePolicy',
    nameProperty: 'name',
    service: 'deviceConfigurationV2',
    component: 'DeviceCompliancePolicy',
    permissions: configuration,
    navigation: { settings: {}, scheduledActionsForRule: { scheduledActionConfigurations: {} } },
    saysIsAssigned: true,
    assignments: assignmentRules({
      type: 'deviceManagementConfigurationPolicyAssignment',
      write: assignAnsweringSet('assignments'),
      stamps: sourced,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/deviceConfigurations',
    entity: 'deviceConfiguration',
    v1: true,
    service: 'deviceConfiguration',
    component: 'DeviceConfiguration',
    permissions: configuration,
    sendsType: true,
    assignments: assignmentRules({
      type: 'deviceConfigurationAssignment',
      write: assignAnsweringSet('assignments'),
      extras: ['intent'],
      stamps: sourced,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/deviceCompliancePolicies',
    entity: 'deviceCompliancePolicy',
    v1: true,
    service: 'deviceConfiguration',
    component: 'DeviceCompliancePolicy',
    permissions: configuration,
    sendsType: true,
    navigation: { scheduledActionsForRule: { scheduledActionConfigurations: {} } },
    assignments: assignmentRules({
      type: 'deviceCompliancePolicyAssignment',
      write: assignAnsweringSet('assignments'),
      stamps: sourced,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/groupPolicyConfigurations',
    entity: 'groupPolicyConfiguration',
    service: 'deviceConfiguration',
    component: 'DeviceConfiguration',
    permissions: configuration,
    navigation: { definitionValues: { definition: {}, presentationValues: { presentation: {} } } },
    assignments: assignmentRules({
      type: 'groupPolicyConfigurationAssignment',
      write: assignAnsweringSet('assignments'),
      stamps: ['lastModifiedDateTime'],
    }),
  }),
  resourceType({
    collection: '/deviceManagement/intents',
    entity: 'deviceManagementIntent',
    service: 'deviceConfiguration',
    component: 'DeviceIntent',
    permissions: configuration,
    navigation: { settings: {}, categories: {} },
    saysIsAssigned: true,
    assignments: assignmentRules({
      type: 'deviceManagementIntentAssignment',
      write: assignAnsweringNothing('assignments', 204),
    }),
  }),
  resourceType({
    collection: '/deviceManagement/hardwareConfigurations',
    entity: 'hardwareConfiguration',
    service: 'deviceConfiguration',
    component: 'DeviceConfiguration',
    permissions: configuration,
    assignments: assignmentRules({
      type: 'hardwareConfigurationAssignment',
      write: assignAnsweringSet('hardwareConfigurationAssignments'),
    }),
  }),
  resourceType({
    collection: '/deviceManagement/resourceAccessProfiles',
    entity: 'deviceManagementResourceAccessProfileBase',
    service: 'deviceConfiguration',
    component: 'DeviceConfiguration',
    permissions: serviceConfig,
    sendsType: true,
    assignments: assignmentRules({
      type: 'deviceManagementResourceAccessProfileAssignment',
      write: assignAnsweringSet('assignments'),
      extras: ['intent'],
      stamps: ['sourceId'],
    }),
  }),
]
