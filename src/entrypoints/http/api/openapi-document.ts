/** The OpenAPI 3.1 document of the API, made of the contract alone. */
import { OpenAPIGenerator } from '@orpc/openapi'
import type { ConditionalSchemaConverter } from '@orpc/openapi'
import { z } from 'zod'
import { api } from '#contract/api/api.ts'
import { tags } from '#contract/api/tags.ts'
import { reasons } from '#foundation/kernel/reasons.ts'
import { isCapability, metaOf } from '#entrypoints/http/api/authorize.ts'
import { procedures } from '#entrypoints/http/api/methods-at.ts'
import { mostBodyBytes } from '#entrypoints/http/api/read-request.ts'
import { productVersion } from '#foundation/kernel/version.ts'

type Document = Awaited<ReturnType<OpenAPIGenerator['generate']>>
type Operation = NonNullable<NonNullable<NonNullable<Document['paths']>[string]>['get']>

type ConvertedSchema = Awaited<ReturnType<ConditionalSchemaConverter['convert']>>[1]

const zodConverter: ConditionalSchemaConverter = {
  condition: (schema) => schema instanceof z.ZodType,
  convert: (schema, { strategy }) => {
    if (!(schema instanceof z.ZodType)) return [false, {}]
    const json = z.toJSONSchema(schema, {
      io: strategy,
      // Whether an array may be changed is a matter of types.
      override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
    })
    delete json.$schema
    // Both are JSON Schema 2020-12; the types of the two libraries differ in keywords neither of them writes.
    return [!schema.safeParse(undefined).success, json as unknown as ConvertedSchema]
  },
}

/** Made anew at each call; the same contract makes the same document. */
export async function openApiDocument(): Promise<Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [zodConverter] })
  const document = await generator.generate(api, {
    info: {
      title: 'TenantAtlas',
      version: productVersion,
      description:
        'Keeps the Microsoft Intune configuration of many tenants safe. Times are UTC (ISO 8601); a tenant is named by its ' +
        `public id. Bodies are JSON of at most ${mostBodyBytes / 1_000_000} MB. Refusals are RFC 9457 problems with a reason.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'TenantAtlas', url: 'https://localhost/docs' },
    },
    servers: [{ url: '/api/v1', description: 'This installation' }],
    tags: tags.map(({ name, description }) => ({ name, description })),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-tenantatlas', description: 'The session of a person.' },
        key: { type: 'http', scheme: 'bearer', description: 'An API key (`ta_…`).' },
      },
      schemas: { Problem: problemSchema },
    },
  })
  for (const named of procedures) {
    const operation = document.paths?.[named.path]?.[methodKey(named.method)]
    if (operation !== undefined) complete(operation, named)
  }
  return document
}

function methodKey(method: string): 'get' | 'post' | 'put' | 'patch' | 'delete' {
  const key = method.toLowerCase()
  if (key === 'get' || key === 'post' || key === 'put' || key === 'patch' || key === 'delete') return key
  throw new TypeError(`a procedure with the method ${method}`)
}

type Schemas = NonNullable<NonNullable<Document['components']>['schemas']>

const problemSchema: Schemas[string] = {
  type: 'object',
  description: 'Why a request was refused, and what to do.',
  required: ['type', 'title', 'status', 'reason', 'detail', 'next', 'requestId'],
  properties: {
    type: { type: 'string', description: 'The page about the reason.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    reason: { type: 'string', enum: Object.keys(reasons) },
    detail: { type: 'string', description: 'What was wrong, in a sentence.' },
    next: { type: 'string', description: 'What to do next.' },
    requestId: { type: 'string', description: 'Under this id the log has it.' },
    errors: {
      type: 'array',
      description: 'Which fields are wrong, and how.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    context: { type: 'object', additionalProperties: true },
  },
}

/** What the generator does not know: who may call, which headers count, how it is refused. */
function complete(operation: Operation, { method, procedure }: (typeof procedures)[number]): void {
  const meta = metaOf(procedure)
  operation.security = meta.access === 'public' ? [] : [{ session: [] }, { key: [] }]
  operation.description = [operation.description ?? operation.summary, accessWords(meta)].filter(Boolean).join('\n\n')
  const headers = [...(takesKey(meta) ? [idempotencyKey] : []), ...(meta.ifMatch === true ? [ifMatch] : [])]
  if (headers.length > 0) operation.parameters = [...(operation.parameters ?? []), ...headers]
  const hasBody = method !== 'GET'
  operation.responses = {
    ...operation.responses,
    ...refusals(meta.access === 'public', hasBody, meta.ifMatch === true),
  }
}

/** A start, or a change of a workspace, whose answer may be kept. */
function takesKey({ effect, audit, answersSecret }: ReturnType<typeof metaOf>): boolean {
  return effect === 'start' || (effect === 'change' && audit !== null && answersSecret !== true)
}

function accessWords({ access, stepUp }: ReturnType<typeof metaOf>): string {
  const asks = isCapability(access) ? `Asks for the capability \`${access}\`.` : ''
  return stepUp === true ? `${asks} Asks for a proof of who you are that is at most five minutes old.`.trim() : asks
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Sent again with the same key, the request has its effect once and the first answer is given again (24 hours).',
  schema: { type: 'string', maxLength: 200 },
} as const

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: true,
  description: 'The ETag of the record as it was read.',
  schema: { type: 'string' },
} as const

function refusals(isPublic: boolean, hasBody: boolean, hasIfMatch: boolean) {
  const statuses: Readonly<Record<string, string>> = {
    400: 'Bad input: `errors` names each field.',
    ...(!isPublic && { 401: 'Signed out.', 403: 'Not allowed.', 404: 'Not there, or not yours.' }),
    409: 'Not in this state.',
    ...(hasIfMatch && { 412: 'The record was changed meanwhile.', 428: 'If-Match is missing.' }),
    ...(hasBody && { 413: 'Too large.', 415: 'Not JSON.', 422: 'The Idempotency-Key belongs to another request.' }),
    429: 'Too many requests.',
    500: 'Something went wrong here.',
    503: 'Something this needs does not answer.',
  }
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(Object.entries(statuses).map(([status, description]) => [status, { description, content }]))
}
