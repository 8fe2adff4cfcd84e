/**
 * How objects read. Rows are put together from texts that are serialised once: properties and assignments of an object
 * are replaced, never changed in place, so the texts are kept by identity and cannot grow stale.
 */
import type { Navigation, ResourceType } from '../catalogue/resource-type.ts'
import type { GraphObject, SimObject } from '../world.ts'
import type { GraphCall, Version } from './call.ts'
import { badRequest } from './graph-error.ts'
import type { Expansion } from './query.ts'
import { shapeAssignments } from './shape-assignments.ts'

/** Where a row is shown, which decides what it holds. */
export type Place = 'list' | 'item' | 'union'

const propertyTexts = new WeakMap<GraphObject, Map<string, string>>()
const assignmentTexts = new WeakMap<readonly unknown[], Map<string, string>>()

/** The JSON text of an object as a row of a list, or as an item, with what `$select` and `$expand` ask for. */
export function objectText(call: GraphCall, type: ResourceType, object: SimObject, place: Place): string {
  const members = [propertiesText(call, type, object, place)]
  if (type.saysIsAssigned && isSelected(call, 'isAssigned'))
    members.push(`"isAssigned":${object.assignments.length > 0}`)
  for (const expansion of call.query.expand) members.push(expansionText(call, type, object, expansion, place))
  return `{${members.filter((member) => member !== '').join(',')}}`
}

function isSelected(call: GraphCall, name: string): boolean {
  return call.query.select?.includes(name) ?? true
}

function propertiesText(call: GraphCall, type: ResourceType, object: SimObject, place: Place): string {
  const { select } = call.query
  const texts = keptTexts(propertyTexts, object.properties)
  const key = `${place} ${select?.join(',') ?? ''}`
  return kept(texts, key, () => membersOf(shapeProperties(type, object, place, select)))
}

/** Own properties as they read in one place: content that only the item has is null in lists. */
export function shapeProperties(
  type: ResourceType,
  object: SimObject,
  place: Place,
  select: readonly string[] | undefined,
): GraphObject {
  const shaped: GraphObject = {}
  for (const [name, value] of Object.entries(object.properties)) {
    if (!isShown(type, name, place, select)) continue
    shaped[name] = place !== 'item' && type.itemOnly.includes(name) ? null : value
  }
  return shaped
}

function isShown(type: ResourceType, name: string, place: Place, select: readonly string[] | undefined): boolean {
  // Both are put beside the own properties, from what is assigned now.
  if (name === 'assignments' || name === 'isAssigned') return false
  if (name === '@odata.type') return type.sendsType || place === 'union'
  return name === 'id' || !select || select.includes(name)
}

function expansionText(
  call: GraphCall,
  type: ResourceType,
  object: SimObject,
  expansion: Expansion,
  place: Place,
): string {
  if (expansion.name !== 'assignments' || !type.assignments) {
    return membersOf(expandNavigation(type.navigation, object.sub, expansion))
  }
  if (place !== 'item' && type.expandOnList === 'refused') {
    throw badRequest(
      "The query specified in the URI is not valid. Property 'assignments' cannot be expanded on this list.",
    )
  }
  const path = `${type.collection.slice(1)}('${object.id}')/assignments`
  const context = `"assignments@odata.context":"${call.origin}/${call.version}/$metadata#${path}"`
  const isAlwaysEmpty = place !== 'item' && type.expandOnList === 'empty'
  return `${context},"assignments":${isAlwaysEmpty ? '[]' : assignmentsText(type, object, call.version)}`
}

/** The JSON text of all assignments of an object. */
export function assignmentsText(type: ResourceType, object: SimObject, version: Version): string {
  const texts = keptTexts(assignmentTexts, object.assignments)
  return kept(texts, `${version} ${object.id}`, () => JSON.stringify(shapeAssignments(type, object, version)))
}

/** A row's navigation property with what is expanded below it. @throws GraphError 400 when there is no such property */
export function expandNavigation(
  navigation: Navigation,
  sub: Readonly<Record<string, unknown>>,
  { name, select, expand }: Expansion,
): GraphObject {
  const below = navigation[name]
  if (!below) throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${name}'.`)
  const value = sub[name] ?? []
  if (!Array.isArray(value)) return { [name]: value }
  return { [name]: value.map((row: GraphObject) => shapeSubRow(below, row, { select, expand })) }
}

/** A row of a sub-collection: what is navigation below it shows only when expanded. */
export function shapeSubRow(
  navigation: Navigation,
  row: GraphObject,
  { select, expand }: { select: readonly string[] | undefined; expand: readonly Expansion[] },
): GraphObject {
  const shaped: GraphObject = {}
  for (const [name, value] of Object.entries(row)) {
    if (name in navigation || (select && name !== 'id' && !select.includes(name))) continue
    shaped[name] = value
  }
  for (const expansion of expand) Object.assign(shaped, expandNavigation(navigation, row, expansion))
  return shaped
}

function keptTexts<K extends object>(texts: WeakMap<K, Map<string, string>>, of: K): Map<string, string> {
  const found = texts.get(of)
  if (found) return found
  const made = new Map<string, string>()
  texts.set(of, made)
  return made
}

function kept(texts: Map<string, string>, key: string, make: () => string): string {
  const found = texts.get(key)
  if (found !== undefined) return found
  const made = make()
  texts.set(key, made)
  return made
}

/** The JSON text of an object without its braces. */
function membersOf(object: GraphObject): string {
  return JSON.stringify(object).slice(1, -1)
}
