/** Values that fit a schema of the document, preferring what the server itself has answered before. */
import fc from 'fast-check'
import type { JsonSchema, Resolve } from './read-document.ts'

/** What was seen in answers: ids, and texts by the name of their field. */
export interface Seen {
  readonly ids: readonly string[]
  /** Of the things a field is named for: those of the list `backups` for `backup`. */
  idsFor(name: string): readonly string[]
  readonly texts: ReadonlyMap<string, readonly string[]>
}

export interface Hints {
  readonly resolve: Resolve
  readonly seen: Seen
}

export function valueOf(given: JsonSchema, hints: Hints, name = ''): fc.Arbitrary<unknown> {
  const schema = hints.resolve(given)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((one) => valueOf(one, hints, name)))
  return ofType[schema.type ?? 'any']?.(schema, hints, name) ?? fc.jsonValue({ maxDepth: 2 })
}

type Maker = (schema: JsonSchema, hints: Hints, name: string) => fc.Arbitrary<unknown>

const whole: Maker = ({ minimum = -1_000, maximum = 1_000 }) =>
  fc.integer({ min: Math.ceil(minimum), max: Math.min(Math.floor(maximum), 2 ** 31 - 1) })

const ofType: Readonly<Record<string, Maker>> = {
  string: textOf,
  integer: whole,
  number: whole,
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: ({ items = {}, minItems = 0, maxItems = 4 }, hints, name) =>
    fc.array(valueOf(items, hints, name), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) }),
  object: objectOf,
}

export function objectOf(schema: JsonSchema, hints: Hints): fc.Arbitrary<Record<string, unknown>> {
  const properties = schema.properties ?? {}
  const values = Object.entries(properties).map(([name, one]) => [name, valueOf(one, hints, name)] as const)
  return fc.record(Object.fromEntries(values), { requiredKeys: [...(schema.required ?? [])] })
}

/** Fields that take what another one answered. */
const sameAs: Readonly<Record<string, string>> = { cursor: 'nextCursor', types: 'type', policyTypes: 'type' }

function textOf(schema: JsonSchema, { seen }: Hints, name: string): fc.Arbitrary<string> {
  const own = freshText(schema)
  if (schema.format === 'uuid') {
    const named = seen.idsFor(name)
    const known = named.length > 0 ? named : seen.ids
    if (known.length === 0) return own
    return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: own })
  }
  const known = seen.texts.get(sameAs[name] ?? name) ?? []
  return known.length === 0 ? own : fc.oneof(fc.constantFrom(...known), own)
}

function freshText({ format, pattern, minLength = 0, maxLength = 40 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') {
    const between = {
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    }
    return fc.date(between).map((date) => date.toISOString())
  }
  if (format === 'uri') return fc.webUrl()
  if (pattern !== undefined && isEasy(pattern)) return fc.stringMatching(new RegExp(pattern))
  return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 40), unit: 'grapheme' })
}

/** Lookaheads are not generated; what is sent instead is refused, which is a request too. */
function isEasy(pattern: string): boolean {
  return !pattern.includes('(?') || /\(\?:/.test(pattern)
}
