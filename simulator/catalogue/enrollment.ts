/** Autopilot, enrollment configurations, terms and conditions, Apple user-initiated enrollment. */
import { serviceConfig, serviceConfigOrConfiguration } from './permissions.ts'
import { assignAnsweringNothing, assignmentRules, resourceType } from './resource-type.ts'

export const enrollmentTypes = [
  resourceType({
    collection: '/deviceManagement/windowsAutopilotDeploymentProfiles',
    entity: 'windowsAutopilotDeploymentProfile',
    maxTop: 999,
    service: 'enrollment',
    component: 'Enrollment',
    permissions: serviceConfig,
    sendsType: true,
    assignments: assignmentRules({
      type: 'windowsAutopilotDeploymentProfileAssignment',
      write: { kind: 'perTarget' },
      targets: ['group', 'exclusion', 'allDevices'],
      filters: false,
      stamps: ['source', 'sourceId'],
      idFormat: 'policy_target_kind',
      rowsAreWritable: true,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/deviceEnrollmentConfigurations',
    entity: 'deviceEnrollmentConfiguration',
    v1: true,
    service: 'enrollment',
    component: 'Enrollment',
    permissions: serviceConfigOrConfiguration,
    sendsType: true,
    filter: { refused: ['endswith'] },
    assignments: assignmentRules({
      type: 'enrollmentConfigurationAssignment',
      write: assignAnsweringNothing('enrollmentConfigurationAssignments', 200),
      targets: ['group', 'allUsers', 'allDevices'],
      stamps: ['source', 'sourceId'],
    }),
  }),
  resourceType({
    collection: '/deviceManagement/termsAndConditions',
    entity: 'termsAndConditions',
    v1: true,
    service: 'enrollment',
    component: 'Enrollment',
    permissions: serviceConfig,
    expandOnList: 'refused',
    assignments: assignmentRules({
      type: 'termsAndConditionsAssignment',
      write: { kind: 'perTarget' },
      targets: ['allUsers', 'group', 'collection'],
      filters: false,
      rowsAreWritable: true,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/appleUserInitiatedEnrollmentProfiles',
    entity: 'appleUserInitiatedEnrollmentProfile',
    service: 'enrollment',
    component: 'Enrollment',
    permissions: serviceConfig,
    assignments: assignmentRules({
      type: 'appleEnrollmentProfileAssignment',
      write: { kind: 'perTarget' },
      targets: ['group', 'allUsers'],
      filters: false,
      rowsAreWritable: true,
    }),
  }),
]
