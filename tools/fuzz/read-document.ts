/** The OpenAPI document as the fuzzer reads it: which requests there are, and which answers are declared. */
import { z } from 'zod'

export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
  readonly $ref?: string
}

interface Answer {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

interface DocumentedOperation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
  readonly responses: Readonly<Record<string, Answer>>
}

/** What an answer with that status may hold, by media type; nothing is declared of a stream but its type. */
export type DeclaredContent = ReadonlyMap<string, { readonly parse: (body: unknown) => string | undefined }>

export interface Operation {
  readonly id: string
  readonly method: string
  /** Below `/api/v1`. */
  readonly path: string
  readonly inPath: readonly string[]
  readonly query: JsonSchema
  readonly headers: readonly string[]
  /** Absent: it takes no body. */
  readonly body: JsonSchema | undefined
  readonly answers: ReadonlyMap<number, DeclaredContent>
}

/** The schema a reference leads to. */
export type Resolve = (schema: JsonSchema) => JsonSchema

export interface ReadDocument {
  readonly operations: readonly Operation[]
  readonly resolve: Resolve
}

export function readDocument(text: string): ReadDocument {
  // Safe: our own document, which two linters have read.
  const document = JSON.parse(text) as OpenApi
  const at = <T extends { readonly $ref?: string }>(one: T): T => {
    if (one.$ref === undefined) return one
    const [kind = '', name = ''] = one.$ref.split('/').slice(2)
    return document.components[kind]?.[name] as T
  }
  const validator = validatorsOf(document.components.schemas ?? {})
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const parameters = (operation.parameters ?? []).map(at)
      const inQuery = parameters.filter((one) => one.in === 'query')
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        inPath: parameters.filter((one) => one.in === 'path').map(({ name }) => name),
        query: {
          type: 'object',
          properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema])),
          required: inQuery.filter(({ required }) => required === true).map(({ name }) => name),
        },
        headers: parameters.filter((one) => one.in === 'header').map(({ name }) => name),
        body: operation.requestBody?.content['application/json']?.schema,
        answers: new Map(
          Object.entries(operation.responses).map(([status, answer]) => [
            Number(status),
            new Map(
              Object.entries(at(answer).content ?? {}).map(([type, { schema }]) => [
                type,
                { parse: type === 'text/event-stream' ? () => undefined : validator(schema) },
              ]),
            ),
          ]),
        ),
      }
    }),
  )
  return { operations, resolve: at }
}

/** Makes a check of a schema: undefined when a body fits, else what does not. Each schema is compiled when first used. */
function validatorsOf(schemas: Readonly<Record<string, unknown>>) {
  const local = (value: object) =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/components/schemas/', '"#/$defs/')) as object
  const $defs = local(schemas)
  const compiled = new Map<string, z.ZodType>()
  return (schema: JsonSchema) => (body: unknown) => {
    const text = JSON.stringify(schema)
    const whole: object = Object.assign(local(schema), { $defs })
    // Safe: JSON Schema 2020-12, which two linters have read.
    const known = compiled.get(text) ?? z.fromJSONSchema(whole as Parameters<typeof z.fromJSONSchema>[0])
    compiled.set(text, known)
    const { error } = known.safeParse(body)
    return error?.issues
      .slice(0, 3)
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('; ')
  }
}
