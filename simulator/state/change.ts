/**
 * The only place that changes a tenant. A change says what shall be; applying it returns what was and what is, which is
 * what the journal keeps and what a restarted simulator replays.
 */
import type { GraphObject, SimAssignment, SimGroup, SimObject, SimTenant } from '../world.ts'
import { collectionOf } from '../world.ts'

export type Change =
  | {
      readonly action: 'setAssignments'
      readonly collection: string
      readonly id: string
      readonly assignments: SimAssignment[]
    }
  | { readonly action: 'createObject'; readonly collection: string; readonly object: SimObject }
  /** Properties are merged one level deep; navigation collections that are named are replaced. */
  | {
      readonly action: 'updateObject'
      readonly collection: string
      readonly id: string
      readonly properties: GraphObject
      readonly sub?: Record<string, GraphObject[]>
    }
  | { readonly action: 'deleteObject'; readonly collection: string; readonly id: string }
  | { readonly action: 'createGroup'; readonly group: SimGroup }
  | { readonly action: 'updateGroup'; readonly id: string; readonly group: Partial<Omit<SimGroup, 'id'>> }
  | { readonly action: 'deleteGroup'; readonly id: string }

/** As journaled: enough to check what happened and to do it again. */
export interface AppliedChange {
  readonly action: Change['action']
  /** `/groups` for groups. */
  readonly collection: string
  readonly id: string
  /** Null: it did not exist. Assignments for `setAssignments`, else the whole object or group. */
  readonly before: unknown
  /** Null: it exists no more. */
  readonly after: unknown
  readonly source: 'graph' | 'portal'
}

export const groupsCollection = '/groups'

/** Applies a change; undefined when its object or group does not exist (any more). */
export function applyChange(tenant: SimTenant, change: Change): Omit<AppliedChange, 'source'> | undefined {
  switch (change.action) {
    case 'setAssignments':
      return setAssignments(tenant, change)
    case 'createObject': {
      const { collection, object } = change
      collectionOf(tenant, collection).set(object.id, object)
      return { action: change.action, collection, id: object.id, before: null, after: object }
    }
    case 'updateObject':
      return updateObject(tenant, change)
    case 'deleteObject':
      return deleteObject(tenant, change)
    case 'createGroup':
      tenant.groups.set(change.group.id, change.group)
      return {
        action: change.action,
        collection: groupsCollection,
        id: change.group.id,
        before: null,
        after: change.group,
      }
    case 'updateGroup': {
      const group = tenant.groups.get(change.id)
      if (!group) return undefined
      const after = { ...group, ...change.group }
      tenant.groups.set(change.id, after)
      return { action: change.action, collection: groupsCollection, id: change.id, before: group, after }
    }
    case 'deleteGroup': {
      const group = tenant.groups.get(change.id)
      if (!group) return undefined
      tenant.groups.delete(change.id)
      return { action: change.action, collection: groupsCollection, id: change.id, before: group, after: null }
    }
  }
}

function setAssignments(
  tenant: SimTenant,
  { action, collection, id, assignments }: Change & { action: 'setAssignments' },
) {
  const object = tenant.collections.get(collection)?.get(id)
  if (!object) return undefined
  const before = object.assignments
  object.assignments = assignments
  return { action, collection, id, before, after: assignments }
}

function updateObject(
  tenant: SimTenant,
  { action, collection, id, properties, sub }: Change & { action: 'updateObject' },
) {
  const object = tenant.collections.get(collection)?.get(id)
  if (!object) return undefined
  const before = { ...object, sub: { ...object.sub } }
  object.properties = { ...object.properties, ...properties, id }
  Object.assign(object.sub, sub)
  return { action, collection, id, before, after: { ...object, sub: { ...object.sub } } }
}

function deleteObject(tenant: SimTenant, { action, collection, id }: Change & { action: 'deleteObject' }) {
  const objects = tenant.collections.get(collection)
  const object = objects?.get(id)
  if (!objects || !object) return undefined
  objects.delete(id)
  return { action, collection, id, before: object, after: null }
}

/** The change that makes a journaled one happen again in a tenant that has not seen it. */
export function changeToReplay({ action, collection, id, after }: AppliedChange): Change {
  switch (action) {
    case 'setAssignments':
      return { action, collection, id, assignments: after as SimAssignment[] }
    case 'createObject':
      return { action, collection, object: after as SimObject }
    case 'updateObject': {
      const { properties, sub } = after as SimObject
      return { action, collection, id, properties, sub }
    }
    case 'createGroup':
      return { action, group: after as SimGroup }
    case 'updateGroup':
      return { action, id, group: after as SimGroup }
    case 'deleteObject':
      return { action, collection, id }
    case 'deleteGroup':
      return { action, id }
  }
}
