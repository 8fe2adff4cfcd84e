import { randomUUID } from 'node:crypto'
import { typeOf } from '../catalogue/catalogue.ts'
import type { Change } from '../state/change.ts'
import type { Cloud } from '../state/cloud.ts'
import { commitChanges } from '../state/cloud.ts'
import type { SimAssignment, SimTenant } from '../world.ts'
import { collectionPaths, textOf } from '../world.ts'
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
    case 'setAssignments':
    case 'updateObject':
    case 'deleteObject':
      if (tenant.collections.get(change.collection)?.has(change.id)) return
      throw new ControlError(404, `${tenant.name} has no object ${change.id} in ${change.collection}.`)
  }
}

function activityOf(tenant: SimTenant, change: Change, { action }: PortalChange) {
  const operation = operations[action]
  const { component, resource } = resourceOf(tenant, change)
  return { operation, type: `${operation} ${resource.type}`, component, resource }
}

function resourceOf(tenant: SimTenant, change: Change) {
  if (change.action === 'createGroup' || change.action === 'updateGroup' || change.action === 'deleteGroup') {
    const id = change.action === 'createGroup' ? change.group.id : change.id
    return { component: 'Group', resource: { id, name: tenant.groups.get(id)?.displayName ?? '', type: 'Group' } }
  }
  const id = change.action === 'createObject' ? change.object.id : change.id
  const type = typeOf(change.collection)
  if (!type) throw new ControlError(404, `There is no collection ${change.collection}.`)
  const name = textOf(tenant.collections.get(type.collection)?.get(id)?.properties, type.nameProperty)
  return { component: type.component, resource: { id, name, type: pascalCase(type.entity) } }
}

function pascalCase(entity: string): string {
  return entity.charAt(0).toUpperCase() + entity.slice(1)
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
