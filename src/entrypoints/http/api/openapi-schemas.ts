/** JSON Schemas of the contract: what has a name is a component, everything else stands where it is used. */
import { isDeepStrictEqual } from 'node:util'
import type { ConditionalSchemaConverter } from '@orpc/openapi'
import { z } from 'zod'
import { documents } from '#contract/api/documents.ts'

for (const [id, schema] of Object.entries(documents))
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id })

export interface ContractSchemas {
  readonly converter: ConditionalSchemaConverter
  /** The named ones that were met so far, by name. */
  readonly named: () => Readonly<Record<string, object>>
}

/** @throws TypeError when a name stands for two schemas, as when one is answered otherwise than it is taken */
export function contractSchemas(): ContractSchemas {
  const named = new Map<string, object>()
  const keep = ([name, schema]: [string, object]) => {
    const before = named.get(name)
    if (before !== undefined && !isDeepStrictEqual(before, schema))
      throw new TypeError(`two schemas of the contract are named ${name}`)
    named.set(name, schema)
  }
  return {
    named: () => Object.fromEntries([...named].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    converter: {
      condition: (schema) => schema instanceof z.ZodType,
      convert: (schema, { strategy }) => {
        if (!(schema instanceof z.ZodType)) return [false, {}]
        const { $defs = {}, ...json } = jsonSchemaOf(schema, strategy)
        Object.entries($defs).forEach(keep)
        return [!schema.safeParse(undefined).success, json]
      },
    },
  }
}

interface JsonSchema {
  readonly $defs?: Readonly<Record<string, object>>
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io,
    // Whether an array may be changed is a matter of types.
    override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
  })
  delete json.$schema
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema
}
