import { basename, dirname, posix } from 'node:path'
import type { GraphObject } from '../world.ts'
import { isExportFile, parseFile } from './export-file.ts'
import { elementsOf, isObject } from './graph-json.ts'
import type { LoadReport } from './load-report.ts'

/** One object of an export file. */
export interface ExportedObject {
  readonly file: string
  /** The file, with the place in it where it holds several. */
  readonly source: string
  readonly value: GraphObject
}

/** The objects of a folder by what they are for. */
export interface ExportedObjects {
  readonly objects: readonly ExportedObject[]
  /** Rows of files under `Assignments`, each for the object of the same name in the folder above. */
  readonly assignmentRows: readonly ExportedObject[]
  /** Rows of `Name_Settings.json`: the configured definitions of the administrative template `Name.json`. */
  readonly definitionRows: readonly ExportedObject[]
  /** `MigrationTable.json`: names of groups by id. */
  readonly groupTables: readonly ExportedObject[]
}

/** Reads all files; what cannot be read goes to the report. */
export function readObjects(folder: string, files: readonly string[], report: LoadReport): ExportedObjects {
  const all = files.filter(isExportFile).flatMap((file) => objectsIn(folder, file, report))
  const { objects = [], assignmentRows = [], definitionRows = [], groupTables = [] } = Object.groupBy(all, purposeOf)
  return { objects, assignmentRows, definitionRows, groupTables }
}

/** The objects of a file: one, an array of them, or a whole answer with `value`. */
function objectsIn(folder: string, file: string, report: LoadReport): ExportedObject[] {
  const parsed = parseFile(folder, file)
  if (!parsed.ok) {
    report.notUnderstood.push({ file, reason: parsed.reason })
    return []
  }
  const values = valuesOf(parsed.value)
  const reason =
    values.length === 0 ? 'an empty list' : values.every(isObject) ? undefined : 'not an object or a list of objects'
  if (reason !== undefined) {
    report.notUnderstood.push({ file, reason })
    return []
  }
  const sourceOf = (index: number) => (values.length === 1 ? file : `${file}#${index}`)
  return values.filter(isObject).map((value, index) => ({ file, source: sourceOf(index), value }))
}

function valuesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) && Array.isArray(value['value']) ? value['value'] : [value]
}

function purposeOf({ file, value }: ExportedObject): keyof ExportedObjects {
  if (basename(file) === 'MigrationTable.json') return 'groupTables'
  if (/(^|\/)Assignments\/[^/]+$/i.test(file) && 'target' in value) return 'assignmentRows'
  const isDefinition = 'definition' in value || 'definition@odata.bind' in value
  return isDefinition && file.endsWith('_Settings.json') ? 'definitionRows' : 'objects'
}

/** `Type/Assignments/Name.json` is for `Type/Name.json`; apps have their id before the name. */
export function assignmentRowsFor({ assignmentRows }: ExportedObjects, objectFile: string): readonly ExportedObject[] {
  const name = basename(objectFile)
  return assignmentRows.filter(({ file }) => {
    if (posix.dirname(dirname(file)) !== dirname(objectFile)) return false
    return basename(file) === name || basename(file).endsWith(` - ${name}`)
  })
}

export function definitionRowsFor({ definitionRows }: ExportedObjects, objectFile: string): readonly ExportedObject[] {
  const settingsFile = objectFile.replace(/\.json$/i, '_Settings.json')
  return definitionRows.filter(({ file }) => file === settingsFile)
}

/** A configured definition; tools write the definition itself as a link. */
export function definitionValueOf({ value }: ExportedObject): GraphObject {
  const bind = value['definition@odata.bind']
  const id = typeof bind === 'string' ? /\('([^']+)'\)/.exec(bind)?.[1] : undefined
  const presentationValues = elementsOf(value['presentationValues'])
  return { ...value, presentationValues, ...(id === undefined ? {} : { definition: { id } }) }
}
