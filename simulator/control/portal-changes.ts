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
  const foretold = new Map<string, boolean>()
  for (const { change } of checked) requireSubject(tenant, change, foretold)
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

/** Refuses a change of what is not there; `foretold` is what the changes before it will have made and taken away. */
function requireSubject(tenant: SimTenant, change: Change, foretold: Map<string, boolean>): void {
  const { key, exists, words } = subjectOf(tenant, change)
  const isCreation = change.action === 'createGroup' || change.action === 'createObject'
  if (!isCreation && !(foretold.get(key) ?? exists)) throw new ControlError(404, `${tenant.name} has no ${words}.`)
  foretold.set(key, change.action !== 'deleteGroup' && change.action !== 'deleteObject')
}

function subjectOf(tenant: SimTenant, change: Change): { key: string; exists: boolean; words: string } {
  if (isGroupChange(change)) {
    const id = change.action === 'createGroup' ? change.group.id : change.id
    return { key: `group ${id}`, exists: tenant.groups.has(id), words: `group ${id}` }
  }
  const { collection } = change
  if (!typeOf(collection)) throw new ControlError(404, `There is no collection ${collection}.`)
  const id = change.action === 'createObject' ? change.object.id : change.id
  const exists = tenant.collections.get(collection)?.has(id) ?? false
  return { key: `${collection} ${id}`, exists, words: `object ${id} in ${collection}` }
}

type GroupChange = Extract<Change, { action: 'createGroup' | 'updateGroup' | 'deleteGroup' }>

function isGroupChange(change: Change): change is GroupChange {
  return change.action === 'createGroup' || change.action === 'updateGroup' || change.action === 'deleteGroup'
}

function activityOf(tenant: SimTenant, change: Change, { action }: PortalChange) {
  const operation = operations[action]
  const { component, resource } = resourceOf(tenant, change)
  return { operation, type: `${operation} ${resource.type}`, component, resource }
}

function resourceOf(tenant: SimTenant, change: Change) {
  if (isGroupChange(change)) {
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
