/** Creating, changing and deleting the objects of Intune collections. */
import { randomUUID } from 'node:crypto'
import type { ResourceType } from '../catalogue/resource-type.ts'
import type { GraphObject, SimObject } from '../world.ts'
import type { GraphCall, Outcome } from './call.ts'
import { bodyObject } from './call.ts'
import { badRequest, intuneError } from './graph-error.ts'
import { contextOf } from './paging.ts'
import { objectAt } from './read-objects.ts'
import { emptyReply, jsonReply } from './reply.ts'
import { isServiceDefault } from './shape-assignments.ts'
import { shapeProperties } from './shape-object.ts'
import { activityOf } from './write-assignments.ts'

/** `POST` to the collection. Assignments are never taken along: they have calls of their own. */
export function createObject(call: GraphCall, type: ResourceType): Outcome {
  const { own, sub } = split(type, bodyObject(call))
  if (typeof own[type.nameProperty] !== 'string') throw badRequest(`The property '${type.nameProperty}' is required.`)
  const id = nextId(call, type)
  const at = new Date(call.now).toISOString()
  const properties = { ...own, id, createdDateTime: at, lastModifiedDateTime: at }
  const object: SimObject = { id, properties, assignments: [], sub }
  return {
    reply: objectReply(call, type, object, 201),
    changes: [{ action: 'createObject', collection: type.collection, object }],
    activity: activityOf(type, object, 'Create', 'Create'),
  }
}

/** Scope tags count up from 0; everything else has a GUID. */
function nextId(call: GraphCall, type: ResourceType): string {
  if (type.entity !== 'roleScopeTag') return randomUUID()
  return String(Math.max(...[...call.tenant.scopeTags.keys()].map(Number)) + 1)
}

export function changeObject(call: GraphCall, type: ResourceType, id: string): Outcome {
  const object = objectAt(call, type, id)
  const { own, sub } = split(type, bodyObject(call))
  if (own['id'] !== undefined && own['id'] !== id) throw badRequest("The property 'id' cannot be changed.")
  if (type.entity === 'deviceAndAppManagementAssignmentFilter' && own['platform'] !== undefined) {
    throw intuneError(400, 'BadRequest', 'The platform of an assignment filter cannot be changed')
  }
  const properties = { ...own, lastModifiedDateTime: new Date(call.now).toISOString() }
  const after = { ...object, properties: { ...object.properties, ...properties } }
  return {
    reply: objectReply(call, type, after, 200),
    changes: [{ action: 'updateObject', collection: type.collection, id, properties, sub }],
    activity: activityOf(type, object, 'Patch', 'Patch'),
  }
}

const keptWhileAssigned = ['windowsAutopilotDeploymentProfile', 'cloudPcProvisioningPolicy']

export function deleteObject(call: GraphCall, type: ResourceType, id: string): Outcome {
  const object = objectAt(call, type, id)
  if (isServiceDefault(type, object) || (type.entity === 'roleScopeTag' && id === '0')) {
    throw intuneError(400, 'BadRequest', 'Defaults of the service cannot be deleted')
  }
  if (keptWhileAssigned.includes(type.entity) && object.assignments.length > 0) {
    throw intuneError(400, 'BadRequest', 'The profile is currently assigned and cannot be deleted')
  }
  if (type.entity === 'deviceAndAppManagementAssignmentFilter' && isFilterUsed(call, id)) {
    throw intuneError(400, 'BadRequest', 'The assignment filter is in use and cannot be deleted')
  }
  return {
    reply: emptyReply(204),
    changes: [{ action: 'deleteObject', collection: type.collection, id }],
    activity: activityOf(type, object, 'Delete', 'Delete'),
  }
}

function isFilterUsed(call: GraphCall, id: string): boolean {
  return call.tenant.collections
    .values()
    .some((objects) =>
      objects
        .values()
        .some(({ assignments }) =>
          assignments.some(({ target }) => target['deviceAndAppManagementAssignmentFilterId'] === id),
        ),
    )
}

function objectReply(call: GraphCall, type: ResourceType, object: SimObject, status: 200 | 201) {
  const shaped = shapeProperties(type, object, 'item', undefined)
  return jsonReply(status, { '@odata.context': contextOf(call, '/$entity'), ...shaped })
}

/** Own properties apart from navigation collections that were sent along. */
function split(type: ResourceType, body: GraphObject): { own: GraphObject; sub: Record<string, GraphObject[]> } {
  const own: GraphObject = {}
  const sub: Record<string, GraphObject[]> = {}
  for (const [name, value] of Object.entries(body)) {
    if (name === 'assignments') throw badRequest("The property 'assignments' cannot be written with the object.")
    if (name in type.navigation && Array.isArray(value)) sub[name] = value as GraphObject[]
    else own[name] = value
  }
  return { own, sub }
}
