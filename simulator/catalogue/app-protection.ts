/** The app protection (MAM) service: groups only, "all users" is a group with the virtual id. */
import { apps, appsOrConfiguration } from './permissions.ts'
import type { Navigation, Permissions } from './resource-type.ts'
import { assignAnsweringNothing, assignmentRules, resourceType } from './resource-type.ts'

const rules = assignmentRules({
  type: 'targetedManagedAppPolicyAssignment',
  write: assignAnsweringNothing('assignments', 204),
  targets: ['group', 'exclusion'],
  stamps: ['source', 'sourceId'],
})

interface Differences {
  readonly v1?: boolean
  readonly permissions?: Permissions
  readonly expandOnList?: 'works' | 'refused'
  readonly saysIsAssigned?: boolean
  readonly component?: string
  readonly navigation?: Navigation
}

function policy(name: string, entity: string, differences: Differences) {
  return resourceType({
    collection: `/deviceAppManagement/${name}`,
    entity,
    service: 'applications',
    component: 'ManagedAppProtection',
    permissions: apps,
    assignmentPermissions: appsOrConfiguration,
    navigation: { apps: {} },
    saysIsAssigned: true,
    assignments: rules,
    ...differences,
  })
}

const informationProtection = {
  v1: true,
  saysIsAssigned: true,
  navigation: { protectedAppLockerFiles: {}, exemptAppLockerFiles: {} },
}

export const appProtectionTypes = [
  policy('iosManagedAppProtections', 'iosManagedAppProtection', { v1: true }),
  policy('androidManagedAppProtections', 'androidManagedAppProtection', { v1: true }),
  policy('windowsManagedAppProtections', 'windowsManagedAppProtection', { permissions: appsOrConfiguration }),
  policy('mdmWindowsInformationProtectionPolicies', 'mdmWindowsInformationProtectionPolicy', informationProtection),
  policy('windowsInformationProtectionPolicies', 'windowsInformationProtectionPolicy', {
    ...informationProtection,
    permissions: appsOrConfiguration,
  }),
  policy('targetedManagedAppConfigurations', 'targetedManagedAppConfiguration', {
    v1: true,
    expandOnList: 'refused',
    component: 'MobileAppConfiguration',
  }),
]

/** `GET /deviceAppManagement/managedAppPolicies` lists these together, each row with its `@odata.type`. */
export const managedAppPolicies = {
  collection: '/deviceAppManagement/managedAppPolicies',
  members: appProtectionTypes,
  permissions: appsOrConfiguration,
  refusedFilterFunctions: ['isof', 'startswith'],
} as const
