/** Lists and items of Intune collections, their sub-collections, and the union list of app protection policies. */
import { managedAppPolicies } from '../catalogue/app-protection.ts'
import type { Navigation, ResourceType } from '../catalogue/resource-type.ts'
import type { GraphObject, SimObject } from '../world.ts'
import { textOf } from '../world.ts'
import type { GraphCall, Outcome } from './call.ts'
import { answer } from './call.ts'
import { compileFilter } from './filter.ts'
import { badRequest, objectNotFound, unknownSegment } from './graph-error.ts'
import { collectionText, contextOf, pageOf } from './paging.ts'
import type { Query } from './query.ts'
import { jsonReply, jsonTextReply, textReply } from './reply.ts'
import { assignmentId, shapeAssignments } from './shape-assignments.ts'
import { assignmentsText, objectText, shapeSubRow } from './shape-object.ts'

interface TypedObject {
  readonly id: string
  readonly type: ResourceType
  readonly object: SimObject
}

export function listObjects(call: GraphCall, type: ResourceType): Outcome {
  const refused = type.filter === 'ignored' ? [] : type.filter.refused
  const filter = type.filter === 'ignored' ? undefined : call.query.filter
  const rows = matching(call.query, objectsOf(call, type), { filter, refused })
  const { rows: page, nextLink } = pageOf(call, rows, type.maxTop)
  const texts = page.map(({ object }) => objectText(call, type, object, 'list'))
  const count = call.query.count ? rows.length : undefined
  return answer(jsonTextReply(200, collectionText({ context: contextOf(call), rows: texts, nextLink, count })))
}

export function countObjects(call: GraphCall, type: ResourceType): Outcome {
  const refused = type.filter === 'ignored' ? [] : type.filter.refused
  const rows = matching(call.query, objectsOf(call, type), { filter: call.query.filter, refused })
  return answer(textReply(200, String(rows.length)))
}

export function listManagedAppPolicies(call: GraphCall): Outcome {
  if (call.query.expand.length > 0)
    throw badRequest('The query specified in the URI is not valid. $expand is not supported here.')
  const all = managedAppPolicies.members.flatMap((type) => objectsOf(call, type))
  const rows = matching(call.query, all, {
    filter: call.query.filter,
    refused: managedAppPolicies.refusedFilterFunctions,
  })
  const { rows: page, nextLink } = pageOf(call, rows, 1000)
  const texts = page.map(({ type, object }) => objectText(call, type, withType(type, object), 'union'))
  return answer(jsonTextReply(200, collectionText({ context: contextOf(call), rows: texts, nextLink })))
}

export function getManagedAppPolicy(call: GraphCall, id: string): Outcome {
  const found = managedAppPolicies.members.flatMap((type) => {
    const object = call.tenant.collections.get(type.collection)?.get(id)
    return object ? [{ type, object: withType(type, object) }] : []
  })[0]
  if (!found) throw objectNotFound(id)
  return answer(itemReply(call, objectText(call, found.type, found.object, 'union')))
}

/** Only the union list says what each row is. */
function withType(type: ResourceType, object: SimObject): SimObject {
  if (typeof object.properties['@odata.type'] === 'string') return object
  return { ...object, properties: { '@odata.type': `#microsoft.graph.${type.entity}`, ...object.properties } }
}

function objectsOf(call: GraphCall, type: ResourceType): readonly TypedObject[] {
  const objects = call.tenant.collections.get(type.collection)
  if (!objects) return []
  return Array.from(objects.values(), (object) => ({ id: object.id, type, object: call.service.view(object) }))
}

function matching(
  query: Query,
  rows: readonly TypedObject[],
  { filter, refused }: { filter: string | undefined; refused: readonly string[] },
): readonly TypedObject[] {
  const accepts = filter === undefined ? undefined : compileFilter(filter, refused)
  const found = accepts ? rows.filter((row) => accepts(filterable(row))) : rows
  return query.orderBy.length === 0 ? found : found.toSorted((a, b) => compareBy(query, a.object, b.object))
}

function filterable({ object }: TypedObject): GraphObject {
  return { ...object.properties, isAssigned: object.assignments.length > 0 }
}

function compareBy({ orderBy }: Query, a: SimObject, b: SimObject): number {
  for (const { property, descending } of orderBy) {
    const [left, right] = [textOf(a.properties, property), textOf(b.properties, property)]
    if (left !== right) return (left < right ? -1 : 1) * (descending ? -1 : 1)
  }
  return 0
}

/** The object as it reads now. @throws GraphError 404 */
export function objectAt(call: GraphCall, type: ResourceType, id: string): SimObject {
  const object = call.tenant.collections.get(type.collection)?.get(id)
  if (!object) throw objectNotFound(id)
  return object
}

export function getObject(call: GraphCall, type: ResourceType, id: string): Outcome {
  const object = call.service.view(objectAt(call, type, id))
  return answer(itemReply(call, objectText(call, type, object, 'item')))
}

function itemReply(call: GraphCall, objectMembers: string) {
  const context = JSON.stringify(contextOf(call, '/$entity'))
  return jsonTextReply(200, `{"@odata.context":${context},${objectMembers.slice(1)}`)
}

export function listAssignments(call: GraphCall, type: ResourceType, id: string): Outcome {
  const object = call.service.view(objectAt(call, type, id))
  const context = contextOf(call)
  if (!needsRows(call)) {
    const value = assignmentsText(type, object, call.version)
    return answer(jsonTextReply(200, `{"@odata.context":${JSON.stringify(context)},"value":${value}}`))
  }
  const rows = shapeAssignments(type, object, call.version) as readonly (GraphObject & { id: string })[]
  const { rows: page, nextLink } = pageOf(call, rows, 1000)
  return answer(jsonTextReply(200, collectionText({ context, rows: page.map((row) => JSON.stringify(row)), nextLink })))
}

function needsRows({ query, service }: GraphCall): boolean {
  return query.top !== undefined || query.skipToken !== undefined || query.skip > 0 || Number.isFinite(service.pageSize)
}

export function getAssignment(call: GraphCall, type: ResourceType, id: string, wanted: string): Outcome {
  const object = call.service.view(objectAt(call, type, id))
  const row = shapeAssignments(type, object, call.version).find((one) => one['id'] === wanted)
  if (!row) throw objectNotFound(wanted)
  return answer(jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...row }))
}

/** The stored position of an assignment by the id it reads with. @throws GraphError 404 */
export function assignmentIndex(type: ResourceType, object: SimObject, wanted: string): number {
  const { assignments: rules } = type
  const index = rules ? object.assignments.findIndex((one) => assignmentId(rules, object.id, one) === wanted) : -1
  if (index === -1) throw objectNotFound(wanted)
  return index
}

/** What lies below an object: `settings`, `definitionValues/{id}/presentationValues`, … by the path after its id. */
export function getBelow(call: GraphCall, type: ResourceType, id: string, path: readonly string[]): Outcome {
  const object = call.service.view(objectAt(call, type, id))
  return walk(call, type.navigation, object.sub, path)
}

function walk(call: GraphCall, navigation: Navigation, sub: GraphObject, path: readonly string[]): Outcome {
  const [name = '', id, ...rest] = path
  const below = navigation[name]
  if (!below) throw unknownSegment(name)
  const value = sub[name] ?? []
  if (!Array.isArray(value))
    return answer(jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...Object(value) }))
  if (id === undefined) return listBelow(call, below, value as readonly GraphObject[])
  const row = (value as readonly GraphObject[]).find((one) => one['id'] === id)
  if (!row) throw objectNotFound(id)
  if (rest.length > 0) return walk(call, below, row, rest)
  const shaped = shapeSubRow(below, row, call.query)
  return answer(jsonReply(200, { '@odata.context': contextOf(call, '/$entity'), ...shaped }))
}

function listBelow(call: GraphCall, navigation: Navigation, value: readonly GraphObject[]): Outcome {
  const rows = value.map((row, index) => ({ id: textOf(row, 'id') || String(index), row }))
  const { rows: page, nextLink } = pageOf(call, rows, 1000)
  const texts = page.map(({ row }) => JSON.stringify(shapeSubRow(navigation, row, call.query)))
  return answer(jsonTextReply(200, collectionText({ context: contextOf(call), rows: texts, nextLink })))
}
