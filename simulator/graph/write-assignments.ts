/** Writes to assignments: the replacing action, single rows, and the update of a policy set. */
import type { AssignmentWrite, ResourceType } from '../catalogue/resource-type.ts'
import type { Change } from '../state/change.ts'
import type { SimAssignment, SimObject } from '../world.ts'
import { textOf } from '../world.ts'
import type { Activity, GraphCall, Outcome } from './call.ts'
import { answer, bodyObject } from './call.ts'
import { checkAssignable, checkAssignment, checkAssignments, refuseDuplicates } from './check-assignments.ts'
import { badRequest, intuneError, methodNotAllowed, unknownSegment } from './graph-error.ts'
import { contextOf } from './paging.ts'
import { assignmentIndex, objectAt } from './read-objects.ts'
import { emptyReply, jsonReply } from './reply.ts'
import { shapeAssignment, shapeAssignments } from './shape-assignments.ts'

/** `POST {id}/assign`: the rows given become the direct rows; rows of policy sets stay. */
export function assign(call: GraphCall, type: ResourceType, id: string): Outcome {
  const write = type.assignments?.write
  if (write?.kind === 'perTarget' && type.entity === 'windowsAutopilotDeploymentProfile') return assignDevices(call)
  if (write?.kind !== 'action') throw unknownSegment('assign')
  const object = objectAt(call, type, id)
  checkAssignable(type, object)
  const rows = [...checkAssignments(call.tenant, type, object, rowsIn(call, write)), ...policySetRows(object)]
  return {
    reply: assignReply(call, type, { ...object, assignments: rows }, write),
    changes: [setAssignments(type, id, rows)],
    activity: activityOf(type, object, 'Action', 'assign'),
  }
}

/** The action of that name on Autopilot profiles takes device ids and no groups. */
function assignDevices(call: GraphCall): Outcome {
  if (!Array.isArray(bodyObject(call)['deviceIds'])) throw badRequest("The parameter 'deviceIds' is missing.")
  return answer(emptyReply(204))
}

function rowsIn(call: GraphCall, { body: property }: AssignmentWrite & { kind: 'action' }): readonly unknown[] {
  const body = bodyObject(call)
  const unknown = Object.keys(body).find((name) => name !== property && !name.includes('@odata.'))
  if (unknown !== undefined) {
    throw badRequest(
      `The parameter '${unknown}' in the request payload is not a valid parameter for the operation 'assign'.`,
    )
  }
  const rows = body[property]
  if (!Array.isArray(rows)) throw badRequest(`The parameter '${property}' of the operation 'assign' is missing.`)
  return rows
}

function policySetRows(object: SimObject): SimAssignment[] {
  return object.assignments.filter((row) => row.source === 'policySets')
}

function assignReply(
  call: GraphCall,
  type: ResourceType,
  after: SimObject,
  write: AssignmentWrite & { kind: 'action' },
) {
  if (!write.answersSet) return emptyReply(write.status)
  const context = `${call.origin}/${call.version}/$metadata#Collection(microsoft.graph.${type.assignments?.type})`
  return jsonReply(write.status, { '@odata.context': context, value: shapeAssignments(type, after, call.version) })
}

function setAssignments(type: ResourceType, id: string, assignments: SimAssignment[]): Change {
  return { action: 'setAssignments', collection: type.collection, id, assignments }
}

export function activityOf(type: ResourceType, object: SimObject, operation: string, verb: string): Activity {
  const entity = type.entity.charAt(0).toUpperCase() + type.entity.slice(1)
  return {
    operation,
    type: `${verb} ${entity}`,
    component: type.component,
    resource: { id: object.id, name: textOf(object.properties, type.nameProperty), type: entity },
  }
}

/** `POST {id}/assignments` with one row. */
export function addAssignment(call: GraphCall, type: ResourceType, id: string): Outcome {
  const rules = writableRows(type)
  const object = objectAt(call, type, id)
  checkAssignable(type, object)
  const row = checkAssignment(call.tenant, type, object, bodyObject(call))
  const rows = [...object.assignments, row]
  refuseDuplicates(rules, object, rows)
  const shaped = shapeAssignment(rules, object, row, call.version)
  return {
    reply: jsonReply(201, { '@odata.context': contextOf(call, '/$entity'), ...shaped }),
    changes: [setAssignments(type, id, rows)],
    activity: activityOf(type, object, 'Create', 'Create assignment of'),
  }
}

/** `PATCH {id}/assignments/{assignmentId}`: the row given replaces it. */
export function changeAssignment(call: GraphCall, type: ResourceType, id: string, assignment: string): Outcome {
  const rules = writableRows(type)
  const object = objectAt(call, type, id)
  const index = directIndex(type, object, assignment)
  const row = checkAssignment(call.tenant, type, object, { ...object.assignments[index], ...bodyObject(call) })
  const rows = object.assignments.with(index, row)
  refuseDuplicates(rules, object, rows)
  const shaped = shapeAssignment(rules, object, row, call.version)
  return {
    reply: jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...shaped }),
    changes: [setAssignments(type, id, rows)],
    activity: activityOf(type, object, 'Patch', 'Patch assignment of'),
  }
}

/** `DELETE {id}/assignments/{assignmentId}`. */
export function removeAssignment(call: GraphCall, type: ResourceType, id: string, assignment: string): Outcome {
  writableRows(type)
  const object = objectAt(call, type, id)
  const index = directIndex(type, object, assignment)
  return {
    reply: emptyReply(204),
    changes: [setAssignments(type, id, object.assignments.toSpliced(index, 1))],
    activity: activityOf(type, object, 'Delete', 'Delete assignment of'),
  }
}

function writableRows({ assignments: rules }: ResourceType) {
  if (!rules?.rowsAreWritable) throw methodNotAllowed()
  return rules
}

function directIndex(type: ResourceType, object: SimObject, assignment: string): number {
  const index = assignmentIndex(type, object, assignment)
  if (object.assignments[index]?.source !== 'policySets') return index
  throw intuneError(400, 'BadRequest', 'Assignments of policy sets cannot be written')
}

const updateProperties = ['assignments', 'addedPolicySetItems', 'updatedPolicySetItems', 'deletedPolicySetItems']

/** `POST policySets/{id}/update`: its rows are replaced, and with them the rows it puts on its member policies. */
export function updatePolicySet(call: GraphCall, type: ResourceType, id: string): Outcome {
  if (type.assignments?.write.kind !== 'update') throw unknownSegment('update')
  const object = objectAt(call, type, id)
  const body = bodyObject(call)
  const unknown = Object.keys(body).find((name) => !updateProperties.includes(name) && !name.includes('@odata.'))
  if (unknown !== undefined) throw badRequest(`The parameter '${unknown}' is not valid for the operation 'update'.`)
  const given = body[type.assignments.write.body]
  if (!Array.isArray(given)) return answer(emptyReply(204))
  const rows = checkAssignments(call.tenant, type, object, given)
  return {
    reply: emptyReply(204),
    changes: [setAssignments(type, id, rows), ...memberChanges(call, object, rows)],
    activity: activityOf(type, object, 'Action', 'update'),
  }
}

function memberChanges(call: GraphCall, set: SimObject, rows: readonly SimAssignment[]): Change[] {
  return (set.sub['items'] ?? []).flatMap((item) => {
    const member = findObject(call, textOf(item, 'payloadId'))
    if (!member) return []
    const others = member.object.assignments.filter((row) => row.sourceId !== set.id || row.source !== 'policySets')
    const inherited = rows.map((row): SimAssignment => ({ ...row, source: 'policySets', sourceId: set.id }))
    const assignments = [...others, ...inherited]
    return [{ action: 'setAssignments' as const, collection: member.collection, id: member.object.id, assignments }]
  })
}

function findObject(call: GraphCall, id: string): { collection: string; object: SimObject } | undefined {
  for (const [collection, objects] of call.tenant.collections) {
    const object = objects.get(id)
    if (object) return { collection, object }
  }
  return undefined
}
