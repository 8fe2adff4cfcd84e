import { randomUUID } from 'node:crypto'
import { typeOf } from '../catalogue/catalogue.ts'
import type { Change } from '../state/change.ts'
import type { Cloud } from '../state/cloud.ts'
import { commitChanges } from '../state/cloud.ts'
import type { SimAssignment, SimTenant } from '../world.ts'
import { collectionPaths } from '../world.ts'
import { ControlError } from './control-error.ts'
import type { PortalChange } from './requests.ts'

/** Applies changes as an administrator in the portal would make them: all of them, or none when one is impossible. */
export function applyPortalChanges(cloud: Cloud, tenant: SimTenant, changes: readonly PortalChange[]): void {
  const checked = changes.map((change) => ({ change: toChange(change, cloud.clock.now()), wanted: change }))
  for (const { change } of checked) requireSubject(tenant, change)
  for (const { change, wanted } of checked) {
    commitChanges(cloud, [change], {
      tenant,
      actor: { kind: 'portal' },
      source: 'portal',
      requestId: randomUUID(),
      activity: activityOf(tenant, change, wanted),
      entry: { app: null },
    })
  }
}

function toChange(change: PortalChange, now: number): Change {
  switch (change.action) {
    case 'setAssignments':
      return { ...change, assignments: change.assignments as SimAssignment[] }
    case 'updateObject': {
      const { sub, ...rest } = change
      return sub === undefined ? rest : { ...rest, sub }
    }
    case 'deleteObject':
    case 'deleteGroup':
      return change
    case 'deleteFilter':
      return { action: 'deleteObject', collection: collectionPaths.assignmentFilters, id: change.id }
    case 'renameGroup':
      return { action: 'updateGroup', id: change.id, group: { displayName: change.displayName } }
    case 'createObject': {
      const { collection, id = randomUUID(), assignments, properties, sub } = change
      const object = { id, properties: { ...properties, id }, assignments: assignments as SimAssignment[], sub }
      return { action: 'createObject', collection, object }
    }
    case 'createGroup': {
      const { action, id = randomUUID(), ...group } = change
      return { action, group: { ...group, id, description: null, createdDateTime: new Date(now).toISOString() } }
    }
  }
}

function requireSubject(tenant: SimTenant, change: Change): void {
  switch (change.action) {
    case 'createGroup':
      return
    case 'createObject':
      if (!typeOf(change.collection)) throw new ControlError(404, `There is no collection ${change.collection}.`)
      return
    case 'updateGroup':
    case 'deleteGroup':
      if (!tenant.groups.has(change.id)) throw new ControlError(404, `${tenant.name} has no group ${change.id}.`)
      return
    default:
      if (tenant.collections.get(change.collection)?.has(change.id)) return
      throw new ControlError(404, `${tenant.name} has no object ${change.id} in ${change.collection}.`)
  }
}

function activityOf(tenant: SimTenant, change: Change, { action }: PortalChange) {
  const id = 'id' in change ? change.id : change.action === 'createGroup' ? change.group.id : change.object.id
  const type = 'collection' in change ? typeOf(change.collection) : undefined
  const properties = type && tenant.collections.get(type.collection)?.get(id)?.properties
  const entity = type ? type.entity.charAt(0).toUpperCase() + type.entity.slice(1) : 'Group'
  const name = type ? String(properties?.[type.nameProperty] ?? '') : (tenant.groups.get(id)?.displayName ?? '')
  return {
    operation: operations[action],
    type: `${operations[action]} ${entity}`,
    component: type?.component ?? 'Group',
    resource: { id, name, type: entity },
  }
}

const operations: Readonly<Record<PortalChange['action'], string>> = {
  setAssignments: 'Action',
  updateObject: 'Patch',
  deleteObject: 'Delete',
  createObject: 'Create',
  deleteFilter: 'Delete',
  deleteGroup: 'Delete',
  renameGroup: 'Patch',
  createGroup: 'Create',
}
