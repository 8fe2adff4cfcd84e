/** Compares objects with the published metadata, for tests: properties, values, enum members, types of parts. */
import { readShared } from '../testing-shared-graph.ts'
import type { GraphObject } from '../world.ts'
import type { Metadata } from './make-shapes.ts'

/** The live service sends these although the metadata does not have them. */
const liveExtras = ['auditRuleInformation', 'repositoryType', 'manifestHash']

/** Types the metadata names without describing them. */
const undescribed = ['groupPolicyDefinition', 'groupPolicyPresentation']

export type CheckObject = (object: GraphObject, type: string) => string[]

export function readMetadata(): Metadata {
  return readShared<Metadata>('contract/types-beta.json')
}

/** Gives a check that lists what is wrong with an object of a type: `type.property: what`. */
export function createMetadataCheck({ types, enums }: Metadata): CheckObject {
  const describedProperties = (type: string): Record<string, string> => {
    const described = types[type]
    if (!described) return {}
    const inherited = described.base === undefined ? {} : describedProperties(described.base)
    return { ...inherited, ...described.navigation, ...described.properties }
  }

  const isA = (type: string, base: string): boolean => {
    if (type === base) return true
    const above = types[type]?.base
    return above !== undefined && isA(above, base)
  }

  const checkObject = (object: GraphObject, assumed: string): string[] => {
    const said = object['@odata.type']
    const type = typeof said === 'string' ? said.replace('#microsoft.graph.', '') : assumed
    if (undescribed.some((name) => type.startsWith(name) && !types[type])) return []
    if (!isA(type, assumed)) return [`${type}: is no ${assumed}`]
    const described = describedProperties(type)
    return Object.entries(object).flatMap(([name, value]) => {
      if (name === '@odata.type' || liveExtras.includes(name)) return []
      const kind = described[name]
      return kind === undefined
        ? [`${type}.${name}: unknown`]
        : checkValue(value, kind).map((what) => `${type}.${name}: ${what}`)
    })
  }

  const checkValue = (value: unknown, kind: string): string[] => {
    const isRequired = kind.endsWith('!')
    const bare = kind.replace(/!$/, '')
    const element = /^Collection\((.*)\)$/.exec(bare)?.[1]
    if (value === null) return isRequired && element === undefined ? ['must not be null'] : []
    if (element !== undefined)
      return Array.isArray(value) ? value.flatMap((each) => checkValue(each, element)) : ['is no list']
    return bare.startsWith('graph.') ? checkNamed(value, bare.slice('graph.'.length)) : checkPrimitive(value, bare)
  }

  const checkNamed = (value: unknown, type: string): string[] => {
    const members = enums[type]?.members
    if (!members)
      return typeof value === 'object' && value !== null ? checkObject(value as GraphObject, type) : [`is no ${type}`]
    const given = typeof value === 'string' ? value.split(',') : [JSON.stringify(value)]
    return given.filter((each) => !members.includes(each)).map((each) => `${each} is none of ${type}`)
  }

  return checkObject
}

const patterns: Readonly<Record<string, RegExp>> = {
  'Edm.DateTimeOffset': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/,
  'Edm.Date': /^\d{4}-\d\d-\d\d$/,
  'Edm.Duration': /^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/,
  'Edm.TimeOfDay': /^\d\d:\d\d:\d\d(\.\d{1,7})?$/,
  'Edm.Binary': /^[A-Za-z0-9+/]*={0,2}$/,
  'Edm.Guid': /^[0-9a-f-]{36}$/i,
}

function checkPrimitive(value: unknown, kind: string): string[] {
  const fits = primitiveFits(value, kind)
  return fits ? [] : [`${JSON.stringify(value).slice(0, 40)} is no ${kind}`]
}

function primitiveFits(value: unknown, kind: string): boolean {
  if (kind === 'Edm.Boolean') return typeof value === 'boolean'
  if (/^Edm\.(Int|Byte)/.test(kind)) return typeof value === 'number' && Number.isInteger(value)
  if (/^Edm\.(Double|Single|Decimal)/.test(kind)) return typeof value === 'number'
  return typeof value === 'string' && (patterns[kind]?.test(value) ?? true)
}
