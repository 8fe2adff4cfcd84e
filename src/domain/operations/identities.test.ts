/**
 * The identities of all operations, byte for byte: stored rows depend on them, so an upgrade that changed one silently
 * would let the same operation run twice. And what must never be in one.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { catalog, operationTypes, type OperationType } from '#domain/operations/catalog.ts'
import { type IdentityKey, type InputSample, sampleInputs, samplesOf } from '#domain/operations/identities-testing.ts'
import { identityOf } from '#domain/operations/identity.ts'
import { parseInput } from '#domain/operations/parse-input.ts'
import { canonicalJson } from '#foundation/kernel/canonical-json.ts'

const golden = join(import.meta.dirname, 'identities.golden.txt')

function keyOf(type: OperationType, input: InputSample): string {
  const { scope, identity } = catalog[type]
  // The entry and the input are of one type; the compiler cannot follow that through the union.
  const key = (identity as IdentityKey)(parseInput(type, input))
  return canonicalJson({ v: 1, scope, type, key })
}

function hexOf(type: OperationType, input: InputSample): string {
  return identityOf(type, parseInput(type, input)).toString('hex')
}

describe('the golden file of identities', () => {
  test('knows every operation of the catalogue, and no other', () => {
    for (const type of operationTypes) expect(() => samplesOf(type)).not.toThrow()
    expect(Object.keys(sampleInputs).toSorted()).toEqual([...operationTypes].toSorted())
    const known = new Set(readFileSync(golden, 'utf8').match(/(?<="type":")[\w.]+(?=","v":1\})/g))
    const how = 'run `npx vitest run --project pure src/domain/operations/identities.test.ts -u` and read the diff'
    expect({ how, known: [...known].toSorted() }).toEqual({ how, known: [...operationTypes].toSorted() })
  })

  test('holds the key and the fingerprint of each: to change one lets the same operation run twice', async () => {
    const lines = operationTypes.flatMap((type) =>
      [...new Set(samplesOf(type).map((input) => `${keyOf(type, input)}\n  ${hexOf(type, input)}\n`))].toSorted(),
    )
    await expect(lines.join('')).toMatchFileSnapshot(golden)
  })
})

describe('sampleInputs', () => {
  test.each(operationTypes)('has every field that %s takes', (type) => {
    const schema = z.toJSONSchema(catalog[type].input, { io: 'input', unrepresentable: 'any' })
    const missing = fieldsOf(schema).filter((path) => !samplesOf(type).some((input) => has(input, path.split('.'))))
    expect(missing, `add an input with these fields to sampleInputs['${type}'] in identities-testing.ts`).toEqual([])
  })

  test('is asked about every field: one that no sample has is found', () => {
    const schema = z.toJSONSchema(z.strictObject({ a: z.strictObject({ b: z.string() }), c: z.array(z.string()) }))
    expect(fieldsOf(schema)).toEqual(['a', 'a.b', 'c'])
    expect(has({ a: {} }, ['a', 'b'])).toBe(false)
  })
})

const samples = operationTypes.flatMap((type) => samplesOf(type).map((input) => ({ type, input })))

describe('identityOf()', () => {
  test('does not depend on the order of keys, nor on order or repetition in lists', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (one, random) => {
          const shuffled = reordered(one.input, () => random.next().value ?? 0)
          expect(hexOf(one.type, shuffled as InputSample)).toBe(hexOf(one.type, one.input))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('tells apart what differs in anything but order, repetition and notes', () => {
    const byKey = Map.groupBy(samples, ({ type, input }) => keyOf(type, input))
    const byHex = Map.groupBy(samples, ({ type, input }) => hexOf(type, input))
    expect(byHex.size).toBe(byKey.size)
  })

  test('takes nothing secret or personal, wherever an input has room for free text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), canaries, ({ type, input }, canary) => {
        for (const planted of plantedEverywhere(input, canary)) {
          if (!catalog[type].input.safeParse(planted.input).success) continue
          const how = `${type}: ${planted.path} takes any text, so it must stay out of the identity in catalog.ts, or its schema must take ids only`
          const isLeaked =
            keyOf(type, planted.input).includes(canary) || hexOf(type, planted.input) !== hexOf(type, input)
          expect(isLeaked ? how : '').toBe('')
        }
      }),
      { numRuns: 500 },
    )
  })

  test('is watched by a property that bites: free text in a key is found', () => {
    const leaky = z.strictObject({ note: z.string(), id: z.uuid() })
    const [canary] = fc.sample(canaries, 1)
    const found = plantedEverywhere({ note: 'x', id: crypto.randomUUID() }, canary ?? '').filter(
      ({ input }) => leaky.safeParse(input).success,
    )
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set(['note']))
    expect(canonicalJson(found[0]?.input)).toContain(JSON.stringify(canary).slice(1, -1))
  })

  test('takes no free text at all: the notes of a backup do not make another one', () => {
    expect(hexOf('backup.capture', { note: 'anything' })).toBe(hexOf('backup.capture', {}))
  })
})

/** What must never reach a fingerprint, as people paste it: secrets, tokens, keys, addresses, names. */
const canaries = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9]{3}8Q~[A-Za-z0-9._~-]{34}$/),
  fc.stringMatching(/^eyJ[A-Za-z0-9_-]{20,40}\.eyJ[A-Za-z0-9_-]{20,40}\.[A-Za-z0-9_-]{20,40}$/),
  fc
    .stringMatching(/^[A-Za-z0-9+/]{64}$/)
    .map((key) => `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----`),
  fc.emailAddress(),
  fc.stringMatching(/^[A-Z][a-z]{2,8} [A-Z][a-z]{2,12}$/),
  fc.stringMatching(/^Dear [a-z]{2,8}, call me at \+4[0-9]{9}\.$/),
)

/** The input once per place that holds a text, with the canary there, and once more with it appended. */
function plantedEverywhere(input: InputSample, canary: string): { path: string; input: InputSample }[] {
  return textPaths(input).flatMap((path) =>
    [canary, `${String(at(input, path))} ${canary}`].map((text) => ({
      path: path.join('.'),
      input: withText(input, path, text) as InputSample,
    })),
  )
}

function textPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => textPaths(member, [...path, key]))
}

function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value
  return typeof value === 'object' && value !== null ? at(Reflect.get(value, key), rest) : undefined
}

function withText(value: unknown, [key, ...rest]: readonly string[], text: string): unknown {
  if (key === undefined) return text
  if (Array.isArray(value))
    return value.map((member, index) => (String(index) === key ? withText(member, rest, text) : member))
  return { ...(value as object), [key]: withText(Reflect.get(value as object, key), rest, text) }
}

/** The same value with keys in another order, and lists in another order with members repeated. */
function reordered(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) {
    const repeated = value.flatMap((member) => (random() < 0.3 ? [member, member] : [member]))
    return shuffle(repeated, random).map((member) => reordered(member, random))
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, member]) => [key, reordered(member, random)] as const)
  return Object.fromEntries(shuffle(entries, random))
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  const keyed = list.map((member) => ({ member, key: random() }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ member }) => member)
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly anyOf?: readonly unknown[]
  readonly oneOf?: readonly unknown[]
}

/** Every field an object of the schema may have, as paths. */
function fieldsOf(schema: unknown, prefix = ''): string[] {
  const { properties = {}, anyOf = [], oneOf = [] } = schema as JsonSchema
  const own = Object.entries(properties).flatMap(([name, member]) => [
    `${prefix}${name}`,
    ...fieldsOf(member, `${prefix}${name}.`),
  ])
  return [...new Set([...own, ...[...anyOf, ...oneOf].flatMap((each) => fieldsOf(each, prefix))])]
}

function has(value: unknown, path: readonly string[]): boolean {
  return at(value, path) !== undefined
}
