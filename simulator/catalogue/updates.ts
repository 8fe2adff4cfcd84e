/** Windows feature, quality and driver updates. */
import { configuration } from './permissions.ts'
import { assignAnsweringNothing, assignmentRules, resourceType } from './resource-type.ts'

function updateType(name: string, entity: string) {
  return resourceType({
    collection: `/deviceManagement/${name}`,
    entity,
    maxTop: 200,
    service: 'deviceConfiguration',
    component: 'SoftwareUpdateConfiguration',
    permissions: configuration,
    assignments: assignmentRules({
      type: `${entity}Assignment`,
      write: assignAnsweringNothing('assignments', 200),
      targets: ['group', 'exclusion'],
      filters: false,
    }),
  })
}

export const updateTypes = [
  updateType('windowsFeatureUpdateProfiles', 'windowsFeatureUpdateProfile'),
  updateType('windowsQualityUpdateProfiles', 'windowsQualityUpdateProfile'),
  updateType('windowsQualityUpdatePolicies', 'windowsQualityUpdatePolicy'),
  updateType('windowsDriverUpdateProfiles', 'windowsDriverUpdateProfile'),
]
