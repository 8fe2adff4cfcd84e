import type { GraphObject, SimGroup, SimTenant } from '../world.ts'
import { inventGroup } from './directory-of-names.ts'
import type { ExportedObject, ExportedObjects } from './export-objects.ts'
import { elementsOf, isObject } from './graph-json.ts'
import { identify } from './identify.ts'
import type { LoadReport } from './load-report.ts'

/** Loads what the export says of groups. True when it says anything: then a group it does not name is gone. */
export function loadGroups(tenant: SimTenant, { groupTables, objects }: ExportedObjects, report: LoadReport): boolean {
  for (const { file, value } of groupTables) {
    for (const group of groupsOfTable(value)) tenant.groups.set(group.id, group)
    report.used.push({ file, use: 'names of groups' })
  }
  const groups = objects.filter(({ file, value }) => identify(value, file).kind === 'group')
  for (const group of groups) loadGroup(tenant, group, report)
  return groupTables.length > 0 || groups.length > 0
}

function groupsOfTable(table: GraphObject): SimGroup[] {
  return elementsOf(table['Objects'])
    .filter(isObject)
    .flatMap(({ Id: id, DisplayName: displayName, Type: type }) => {
      const isGroup = type === 'Group' && typeof id === 'string' && typeof displayName === 'string'
      return isGroup ? [inventGroup({ id, displayName, membershipRule: null })] : []
    })
}

function loadGroup(tenant: SimTenant, { file, value }: ExportedObject, report: LoadReport): void {
  const { id, displayName, membershipRule, description } = value
  if (typeof id !== 'string' || typeof displayName !== 'string') {
    report.notUnderstood.push({ file, reason: 'a group without id or displayName' })
    return
  }
  const group = inventGroup({
    id,
    displayName,
    membershipRule: typeof membershipRule === 'string' ? membershipRule : null,
  })
  tenant.groups.set(id, { ...group, description: typeof description === 'string' ? description : null })
  report.loaded.push({ file, collection: '/groups', id, assignments: 0 })
}
