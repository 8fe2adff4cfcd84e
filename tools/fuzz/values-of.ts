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
  switch (schema.type) {
    case 'string':
      return textOf(schema, hints, name)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) })
    case 'number':
      return fc.integer({ min: Math.ceil(schema.minimum ?? -1_000), max: Math.floor(schema.maximum ?? 1_000) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, hints, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 4),
      })
    case 'object':
      return objectOf(schema, hints)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
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
