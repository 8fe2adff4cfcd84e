import { typeOf } from '../catalogue/catalogue.ts'
import type { AssignmentRules, ResourceType } from '../catalogue/resource-type.ts'
import { slugOf } from '../generate/organisation.ts'
import { guidOf } from '../generate/random.ts'
import {
  collectionOf,
  collectionPaths,
  emptyTenant,
  type GraphObject,
  type SimObject,
  type SimTenant,
} from '../world.ts'
import { findContent } from './content-files.ts'
import { createDirectoryOfNames, type DirectoryOfNames } from './directory-of-names.ts'
import { ExportError, filesBelow, isExportFile } from './export-file.ts'
import {
  assignmentRowsFor,
  definitionRowsFor,
  definitionValueOf,
  readObjects,
  type ExportedObject,
  type ExportedObjects,
} from './export-objects.ts'
import { elementsOf, isObject } from './graph-json.ts'
import { identify } from './identify.ts'
import { loadAssignments } from './load-assignments.ts'
import { loadGroups } from './load-groups.ts'
import { loadObject } from './load-object.ts'
import type { LoadReport } from './load-report.ts'

/**
 * Loads a folder that an Intune export tool wrote as a tenant: IntuneCD (names instead of ids), IntuneManagement (raw
 * Graph objects with a table of groups), IntuneBackupAndRestore (assignments in files of their own) and plain Graph
 * JSON. Every file of the folder is in the report: loaded, used for others, or not understood with the reason.
 */

/** What is known while a folder is being loaded. */
interface Loading {
  readonly folder: string
  readonly files: readonly string[]
  readonly exported: ExportedObjects
  readonly tenant: SimTenant
  readonly report: LoadReport
}

/** An object of the export with what it is and what it names. */
interface Candidate {
  readonly exported: ExportedObject
  readonly resource: ResourceType
  readonly typeName: string
  readonly directory: DirectoryOfNames
}

/** @throws ExportError when the folder cannot be read or holds nothing that is understood */
export function loadExport({ folder, tenantName }: { folder: string; tenantName: string }): {
  tenant: SimTenant
  report: LoadReport
} {
  const files = filesBelow(folder)
  const domain = `${slugOf(tenantName)}.onmicrosoft.com`
  const tenant = emptyTenant({ id: guidOf(`tenant ${tenantName}`), name: tenantName, domain })
  const report: LoadReport = { loaded: [], used: [], notUnderstood: [], notes: [] }
  const loading: Loading = { folder, files, exported: readObjects(folder, files, report), tenant, report }
  loadObjects(loading, { listsGroups: loadGroups(tenant, loading.exported, report) })
  reportLeftovers(loading)
  refuseNothing(loading)
  return { tenant, report }
}

const foundations: readonly string[] = Object.values(collectionPaths)

/** Filters and scope tags first: the others name them. */
function loadObjects(loading: Loading, { listsGroups }: { listsGroups: boolean }): void {
  const candidates = loading.exported.objects.flatMap((exported) => candidatesFrom(exported, loading.report))
  const isFoundation = ({ resource }: Pick<Candidate, 'resource'>) => foundations.includes(resource.collection)
  for (const pass of [candidates.filter(isFoundation), candidates.filter((each) => !isFoundation(each))]) {
    const directory = createDirectoryOfNames(loading.tenant, { listsGroups })
    for (const candidate of pass) loadOne(loading, { ...candidate, directory })
  }
}

function candidatesFrom(exported: ExportedObject, report: LoadReport): Omit<Candidate, 'directory'>[] {
  const identity = identify(exported.value, exported.file)
  if (identity.kind === 'unknown') report.notUnderstood.push({ file: exported.source, reason: identity.reason })
  if (identity.kind !== 'object') return []
  const resource = typeOf(identity.collection)
  if (!resource) throw new Error(`types.json names ${identity.collection}, the catalogue does not.`)
  return [{ exported, resource, typeName: identity.type }]
}

function loadOne(loading: Loading, candidate: Candidate): void {
  const { tenant, report } = loading
  const { collection } = candidate.resource
  const file = candidate.exported.source
  const loaded = loadedOrReason(loading, candidate)
  if (typeof loaded === 'string') {
    report.notUnderstood.push({ file, reason: loaded })
    return
  }
  const { object, assignments } = loaded
  collectionOf(tenant, collection).set(object.id, object)
  report.loaded.push({ file, collection, id: object.id, assignments })
}

const builtInScopeTag = '0'

function loadedOrReason(
  loading: Loading,
  candidate: Candidate,
): { object: SimObject; assignments: number | 'unknown' } | string {
  const { tenant } = loading
  const { exported, resource, typeName, directory } = candidate
  try {
    const whole = withOtherFiles(loading, candidate)
    const object = loadObject(whole, resource, typeName, { tenant, directory, source: exported.source })
    const isTaken = collectionOf(tenant, resource.collection).has(object.id) && object.id !== builtInScopeTag
    if (isTaken) return `another object of ${resource.collection} has the same id ${object.id}`
    const assignments = resource.assignments ? assign(loading, candidate, resource.assignments, object) : 0
    return { object, assignments }
  } catch (error) {
    if (error instanceof ExportError) return error.message
    throw error
  }
}

/** The object with what lies in other files: script content, configured definitions. */
function withOtherFiles(
  { folder, files, exported, report }: Loading,
  { exported: { file, value }, resource }: Candidate,
): GraphObject {
  const content = findContent(value, resource, { folder, file, files })
  for (const contentFile of content.files) report.used.push({ file: contentFile, use: `content of ${file}` })
  for (const property of content.missing) report.notes.push({ file, note: `${property} is not in the export` })
  const definitions = definitionRowsFor(exported, file)
  if (definitions[0]) report.used.push({ file: definitions[0].file, use: `settings of ${file}` })
  const definitionValues = definitions.length === 0 ? {} : { definitionValues: definitions.map(definitionValueOf) }
  return { ...value, ...content.properties, ...definitionValues }
}

/** Gives the object the assignments of the export; how many, or that nothing is known of them. @throws ExportError */
function assign(loading: Loading, candidate: Candidate, rules: AssignmentRules, object: SimObject): number | 'unknown' {
  const { exported, directory } = candidate
  const rows = rowsFor(loading, exported)
  if (rows === undefined) {
    const note = 'the export does not say how it is assigned: loaded without assignments'
    loading.report.notes.push({ file: exported.source, note })
    return 'unknown'
  }
  const { assignments, notes } = loadAssignments(rows, { rules, directory, platform: filterPlatformOf(object) })
  loading.report.notes.push(...notes.map((note) => ({ file: exported.source, note })))
  object.assignments = assignments
  return assignments.length
}

/** The rows in the object, or in the file of the same name under `Assignments`; undefined when there are neither. */
function rowsFor({ exported, report }: Loading, { file, value }: ExportedObject): readonly unknown[] | undefined {
  const inline = value['assignments']
  if (Array.isArray(inline)) return elementsOf(inline)
  if (isObject(inline)) return 'value' in inline ? elementsOf(inline['value']) : [inline]
  const beside = assignmentRowsFor(exported, file)
  if (!beside[0]) return undefined
  report.used.push({ file: beside[0].file, use: `assignments of ${file}` })
  return beside.map((row) => row.value)
}

const filterPlatforms: readonly (readonly [pattern: RegExp, platform: string])[] = [
  [/macos/i, 'macOS'],
  [/ios|ipad/i, 'iOS'],
  [/android/i, 'androidForWork'],
]

/** The platform a filter must have that the object is assigned with. */
function filterPlatformOf({ properties }: SimObject): string {
  const told = JSON.stringify([properties['platforms'], properties['@odata.type']])
  return filterPlatforms.find(([pattern]) => pattern.test(told))?.[1] ?? 'windows10AndLater'
}

/** Rows that found no object, and files of other kinds that nothing referred to. */
function reportLeftovers({ files, exported, report }: Loading): void {
  const used = new Set(report.used.map(({ file }) => file))
  const rows = new Set([...exported.assignmentRows, ...exported.definitionRows].map(({ file }) => file))
  for (const file of files) {
    if (used.has(file)) continue
    if (rows.has(file))
      report.notUnderstood.push({ file, reason: 'there is no object of this name that it could be for' })
    if (!isExportFile(file))
      report.notUnderstood.push({ file, reason: 'not a JSON or YAML file, and no object refers to it' })
  }
}

function refuseNothing({ folder, files, report }: Loading): void {
  if (report.loaded.length > 0) return
  const [first] = report.notUnderstood
  if (!first) throw new ExportError(`The export folder ${folder} is empty.`)
  const count = files.length === 1 ? 'its only file' : `one of its ${files.length} files`
  throw new ExportError(
    `Nothing in the export folder ${folder} is understood; ${count}, ${first.file}: ${first.reason}.`,
  )
}
