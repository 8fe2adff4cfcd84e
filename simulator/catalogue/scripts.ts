/** Platform scripts, shell scripts, custom attributes, remediations, compliance discovery scripts. */
import { deviceScripts, healthScripts } from './permissions.ts'
import { assignAnsweringNothing, assignmentRules, resourceType } from './resource-type.ts'

function script(name: string, entity: string) {
  return resourceType({
    collection: `/deviceManagement/${name}`,
    entity,
    maxTop: 999,
    service: 'deviceConfiguration',
    component: 'DeviceConfiguration',
    permissions: deviceScripts,
    itemOnly: ['scriptContent'],
    assignments: assignmentRules({
      type: 'deviceManagementScriptAssignment',
      write: assignAnsweringNothing('deviceManagementScriptAssignments', 200),
      filters: false,
      idFormat: 'policy:target',
    }),
  })
}

const healthScriptRules = assignmentRules({
  type: 'deviceHealthScriptAssignment',
  write: assignAnsweringNothing('deviceHealthScriptAssignments', 200),
  extras: ['runSchedule', 'runRemediationScript'],
  idFormat: 'policy:target',
  emptyFilter: '00000000-0000-0000-0000-000000000000',
})

export const scriptTypes = [
  script('deviceManagementScripts', 'deviceManagementScript'),
  script('deviceShellScripts', 'deviceShellScript'),
  script('deviceCustomAttributeShellScripts', 'deviceCustomAttributeShellScript'),
  resourceType({
    collection: '/deviceManagement/deviceHealthScripts',
    entity: 'deviceHealthScript',
    maxTop: 999,
    service: 'deviceConfiguration',
    component: 'DeviceConfiguration',
    permissions: healthScripts,
    itemOnly: ['detectionScriptContent', 'remediationScriptContent'],
    filter: 'ignored',
    assignments: healthScriptRules,
  }),
  resourceType({
    collection: '/deviceManagement/deviceComplianceScripts',
    entity: 'deviceComplianceScript',
    assignmentPermissions: healthScripts,
    maxTop: 999,
    service: 'deviceConfiguration',
    component: 'DeviceCompliancePolicy',
    permissions: deviceScripts,
    itemOnly: ['detectionScriptContent'],
    assignments: { ...healthScriptRules, write: assignAnsweringNothing('deviceHealthScriptAssignments', 204) },
  }),
]
