import type { ResourceType } from '../catalogue/resource-type.ts'
import { lifetime } from '../generate/graph-dates.ts'
import { createRandom, guidOf } from '../generate/random.ts'
import type { GraphObject, SimObject, SimTenant } from '../world.ts'
import type { DirectoryOfNames } from './directory-of-names.ts'
import { ExportError } from './export-file.ts'
import { elementsOf, isObject, without, withoutAnnotations } from './graph-json.ts'
import { collectionTypes } from './identify.ts'

/** Where an object comes from: decides its id and dates when the export has none. */
export interface Origin {
  readonly tenant: SimTenant
  readonly directory: DirectoryOfNames
  /** The file, and the place in it where it holds several. */
  readonly source: string
}

/** Worked out by the service, kept apart, or told by a template to its tool. */
const notOwn = ['isAssigned', 'assignments', 'deviceCompliancePolicyScriptDefinition']

/**
 * The object as Graph would return it: what the export left out is there again, navigation is apart.
 * @throws ExportError when a part of it is not what it must be
 */
export function loadObject(given: GraphObject, type: ResourceType, typeName: string, origin: Origin): SimObject {
  const own = without(withoutAnnotations(given), notOwn)
  const { properties, sub } = splitNavigation(own, type, `${origin.tenant.name}/${origin.source}`)
  const id = idOf(given, { type, typeName, ...origin })
  return {
    id,
    properties: { '@odata.type': `#microsoft.graph.${typeName}`, ...completed(properties, type, sub, origin), id },
    assignments: [],
    sub,
  }
}

/** The id in the file; else one that the file's path always gives, in the form the collection uses. */
function idOf(
  given: GraphObject,
  { type, typeName, tenant, source }: Origin & { type: ResourceType; typeName: string },
): string {
  if (typeof given['id'] === 'string' && given['id'] !== '') return given['id']
  const guid = guidOf(`${tenant.name}/${source}`)
  if (type.entity === 'deviceEnrollmentConfiguration') return enrollmentId(given, { tenant, typeName, guid })
  if (type.entity === 'targetedManagedAppConfiguration') return `A_${guid}`
  return type.component === 'ManagedAppProtection' ? `T_${guid}` : guid
}

const enrollmentSuffixes: Readonly<Record<string, string>> = {
  deviceEnrollmentLimitConfiguration: 'Limit',
  deviceEnrollmentPlatformRestrictionsConfiguration: 'PlatformRestrictions',
  deviceEnrollmentPlatformRestrictionConfiguration: 'SinglePlatformRestriction',
  deviceEnrollmentWindowsHelloForBusinessConfiguration: 'WindowsHelloForBusiness',
  windows10EnrollmentCompletionPageConfiguration: 'Windows10EnrollmentCompletionPageConfiguration',
  deviceEnrollmentNotificationConfiguration: 'EnrollmentNotificationsConfiguration',
  windowsRestoreDeviceEnrollmentConfiguration: 'WindowsRestore',
  deviceComanagementAuthorityConfiguration: 'DeviceComanagementAuthorityConfiguration',
}

/** The defaults of the service carry the account's id, the others one of their own. */
function enrollmentId(
  given: GraphObject,
  { tenant, typeName, guid }: { tenant: SimTenant; typeName: string; guid: string },
): string {
  const suffix = enrollmentSuffixes[typeName] ?? typeName
  return given['priority'] === 0 ? `${tenant.id}_Default${suffix}` : `${guid}_${suffix}`
}

type Sub = Record<string, GraphObject[]>

/** Exports write `settings` and the like into the object; Graph sends them only when asked. */
function splitNavigation(own: GraphObject, type: ResourceType, seed: string): { properties: GraphObject; sub: Sub } {
  const properties: GraphObject = {}
  const sub: Sub = {}
  for (const [name, value] of Object.entries(own)) {
    if (name in type.navigation && Array.isArray(value)) sub[name] = withIds(value, name, `${seed}/${name}`)
    else properties[name] = value
  }
  return { properties, sub }
}

/** Rows of sub-collections have ids: settings count from 0, others have GUIDs. @throws ExportError */
function withIds(rows: readonly unknown[], name: string, seed: string): GraphObject[] {
  return rows.map((row, index) => {
    // PowerShell writes what lies deeper than its limit as the text of its type.
    if (!isObject(row))
      throw new ExportError(`${name} holds something else than objects, as in an export cut off at a depth`)
    return { ...row, id: rowId(row, name, index, seed), ...nestedIds(row, `${seed}/${index}`) }
  })
}

function rowId(row: GraphObject, name: string, index: number, seed: string): string {
  if (typeof row['id'] === 'string') return row['id']
  return name === 'settings' ? String(index) : guidOf(`${seed}/${index}`)
}

const nested = ['scheduledActionConfigurations', 'presentationValues']

function nestedIds(row: GraphObject, seed: string): GraphObject {
  const present = nested.filter((name) => Array.isArray(row[name]))
  return Object.fromEntries(present.map((name) => [name, withIds(elementsOf(row[name]), name, `${seed}/${name}`)]))
}

function completed(given: GraphObject, type: ResourceType, sub: Sub, { directory, source }: Origin): GraphObject {
  const unset = collectionTypes[type.collection]?.unset ?? {}
  const name = given[type.nameProperty] ?? given['displayName'] ?? given['name'] ?? fileNameOf(source)
  const all: GraphObject = { ...unset, ...madeByService(unset, sub, source), ...given, [type.nameProperty]: name }
  for (const property of ['roleScopeTagIds', 'roleScopeTags', 'scopeIds']) {
    if (property in all) all[property] = scopeTagsOf(all[property], directory)
  }
  // Templates carry a second name; the collection knows only its own.
  if (type.nameProperty !== 'displayName' && !('displayName' in unset)) delete all['displayName']
  return all
}

function fileNameOf(source: string): string {
  return source.replace(/^.*\//, '').replace(/\.(json|ya?ml)(#\d+)?$/i, '')
}

function scopeTagsOf(given: unknown, directory: DirectoryOfNames): string[] {
  const tags = elementsOf(given).filter((tag) => typeof tag === 'string')
  return tags.length === 0 ? ['0'] : tags.map((tag) => directory.scopeTagFor(tag))
}

/** What the service sets when an object is made and exports leave out. */
function madeByService(unset: Readonly<GraphObject>, sub: Sub, source: string): GraphObject {
  const { created, modified } = lifetime(createRandom(`dates of ${source}`))
  const made: GraphObject = {
    createdDateTime: created,
    creationDateTime: created,
    lastModifiedDateTime: modified,
    modifiedDateTime: modified,
    version: typeof unset['version'] === 'number' ? 1 : unset['version'] === null ? '1' : unset['version'],
    settingCount: sub['settings']?.length ?? 0,
    supportsScopeTags: true,
    publishingState: 'published',
    uploadState: 1,
  }
  return Object.fromEntries(Object.entries(made).filter(([name]) => name in unset))
}
