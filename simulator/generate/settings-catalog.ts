import type { GraphObject } from '../world.ts'
import type { Random } from './random.ts'
import type { SettingsArea } from './settings-area.ts'

/**
 * Builds the settings of settings catalog policies. Equal settings are one frozen object wherever they occur, so
 * that a hundred thousand policies cost little more than their pointers.
 */

interface Notation {
  readonly name: string
  readonly kind: 'choice' | 'integer' | 'string' | 'list' | 'groups'
  readonly values: readonly string[]
  readonly children: readonly Notation[]
}

const namespace = '#microsoft.graph.deviceManagementConfiguration'
const shared = new Map<string, GraphObject>()
const notations = new WeakMap<SettingsArea, readonly Notation[]>()

/** The settings of one policy of the area: about `share` of what the area has, at least one, in its order. */
export function settingsFor(area: SettingsArea, random: Random, share: number): GraphObject[] {
  const chosen = notationsOf(area).filter(() => random.unit() < share)
  const first = notationsOf(area)[0]
  const used = chosen.length > 0 || first === undefined ? chosen : [first]
  return used.map((notation, index) => sharedSetting(area, notation, index, random))
}

function notationsOf(area: SettingsArea): readonly Notation[] {
  const known = notations.get(area) ?? area.settings.map(parseNotation)
  notations.set(area, known)
  return known
}

function sharedSetting(area: SettingsArea, notation: Notation, index: number, random: Random): GraphObject {
  const variant = random.int(0, Math.max(0, variantsOf(notation) - 1))
  const key = `${area.prefix}${notation.name}/${variant}/${index}`
  const known = shared.get(key)
  if (known) return known
  const setting = Object.freeze({ id: String(index), settingInstance: sharedInstance(area, notation, variant) })
  shared.set(key, setting)
  return setting
}

function sharedInstance(area: SettingsArea, notation: Notation, variant: number): GraphObject {
  const key = `${area.prefix}${notation.name}/${variant}`
  const known = shared.get(key)
  if (known) return known
  const instance = deepFreeze(instanceOf(area.prefix, notation, variant))
  shared.set(key, instance)
  return instance
}

function variantsOf({ values, children }: Notation): number {
  return Math.max(values.length, ...children.map(variantsOf))
}

function instanceOf(prefix: string, notation: Notation, variant: number): GraphObject {
  const definition = prefix + notation.name
  const head = { settingDefinitionId: definition, settingInstanceTemplateReference: null, auditRuleInformation: null }
  const value = notation.values[variant % Math.max(1, notation.values.length)] ?? ''
  const children = () => notation.children.map((child) => instanceOf(prefix, child, variant))
  const kinds = {
    choice: () => ({
      '@odata.type': `${namespace}ChoiceSettingInstance`,
      ...head,
      choiceSettingValue: {
        settingValueTemplateReference: null,
        value: `${definition}_${value}`,
        children: children(),
      },
    }),
    integer: () => ({
      '@odata.type': `${namespace}SimpleSettingInstance`,
      ...head,
      simpleSettingValue: integerValue(Number(value)),
    }),
    string: () => ({
      '@odata.type': `${namespace}SimpleSettingInstance`,
      ...head,
      simpleSettingValue: stringValue(value),
    }),
    list: () => ({
      '@odata.type': `${namespace}SimpleSettingCollectionInstance`,
      ...head,
      simpleSettingCollectionValue: value.split(';').map(stringValue),
    }),
    groups: () => ({
      '@odata.type': `${namespace}GroupSettingCollectionInstance`,
      ...head,
      groupSettingCollectionValue: [{ settingValueTemplateReference: null, children: children() }],
    }),
  }
  return kinds[notation.kind]()
}

function integerValue(value: number): GraphObject {
  return { '@odata.type': `${namespace}IntegerSettingValue`, settingValueTemplateReference: null, value }
}

function stringValue(value: string): GraphObject {
  return { '@odata.type': `${namespace}StringSettingValue`, settingValueTemplateReference: null, value }
}

/** Reads one line of `settings-area.ts`; see there for the notation. */
export function parseNotation(text: string): Notation {
  const [, name = '', mark = '', rest = ''] = /^([^=#"[*{]+)(=|#|"|\[\]|\*)?(.*)$/s.exec(text) ?? []
  const isText = mark === '"' || mark === '[]'
  const brace = isText ? -1 : rest.indexOf('{')
  const values = brace < 0 ? rest : rest.slice(0, brace)
  const children = brace < 0 ? [] : splitChildren(rest.slice(brace + 1, rest.lastIndexOf('}'))).map(parseNotation)
  return { name, kind: kinds[mark] ?? 'choice', values: mark === '[]' ? [values] : values.split('|'), children }
}

const kinds: Readonly<Record<string, Notation['kind']>> = {
  '=': 'choice',
  '#': 'integer',
  '"': 'string',
  '[]': 'list',
  '*': 'groups',
}

/** Splits at the commas outside of inner braces. */
function splitChildren(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '{') depth++
    if (text[index] === '}') depth--
    if (text.startsWith(', ', index) && depth === 0) {
      parts.push(text.slice(start, index))
      start = index + 2
    }
  }
  return [...parts, text.slice(start)]
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
