/** Windows 365. */
import { cloudPc } from './permissions.ts'
import { assignAnsweringNothing, assignmentRules, resourceType } from './resource-type.ts'

export const cloudPcTypes = [
  resourceType({
    collection: '/deviceManagement/virtualEndpoint/provisioningPolicies',
    entity: 'cloudPcProvisioningPolicy',
    v1: true,
    service: 'cloudPc',
    component: 'CloudPC',
    permissions: cloudPc,
    assignments: assignmentRules({
      type: 'cloudPcProvisioningPolicyAssignment',
      write: assignAnsweringNothing('assignments', 204),
      targets: ['cloudPcGroup'],
      filters: false,
    }),
  }),
  resourceType({
    collection: '/deviceManagement/virtualEndpoint/userSettings',
    entity: 'cloudPcUserSetting',
    v1: true,
    service: 'cloudPc',
    component: 'CloudPC',
    permissions: cloudPc,
    assignments: assignmentRules({
      type: 'cloudPcUserSettingAssignment',
      write: assignAnsweringNothing('assignments', 204),
      targets: ['cloudPcGroup'],
      filters: false,
      stamps: ['createdDateTime'],
    }),
  }),
]
