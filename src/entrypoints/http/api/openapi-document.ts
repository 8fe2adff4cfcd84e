/** The OpenAPI 3.1 document of the API, made of the contract alone. */
import { OpenAPIGenerator } from '@orpc/openapi'
import { api } from '#contract/api/api.ts'
import { tags } from '#contract/api/tags.ts'
import { isCapability, metaOf } from '#entrypoints/http/api/authorize.ts'
import { procedures } from '#entrypoints/http/api/methods-at.ts'
import { mostBodyBytes } from '#entrypoints/http/api/read-request.ts'
import { problemSchema, refusalResponses, refusalsOf } from '#entrypoints/http/api/openapi-refusals.ts'
import { contractSchemas } from '#entrypoints/http/api/openapi-schemas.ts'
import { productVersion } from '#foundation/kernel/version.ts'

type Document = Awaited<ReturnType<OpenAPIGenerator['generate']>>
type Operation = NonNullable<NonNullable<NonNullable<Document['paths']>[string]>['get']>

/** Made anew at each call; the same contract makes the same document. */
export async function openApiDocument(): Promise<Document> {
  const schemas = contractSchemas()
  const generator = new OpenAPIGenerator({ schemaConverters: [schemas.converter] })
  const document = await generator.generate(api, {
    info: {
      title: 'TenantAtlas',
      version: productVersion,
      description:
        'Keeps the Microsoft Intune configuration of many tenants safe. Times are UTC (ISO 8601); a tenant is named by its ' +
        `public id. Bodies are JSON of at most ${mostBodyBytes / 1_000_000} MB. Refusals are RFC 9457 problems with a reason.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'Whoever runs this installation' },
    },
    servers: [{ url: '/api/v1', description: 'This installation' }],
    tags: tags.map(({ name, description }) => ({ name, description })),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-tenantatlas', description: 'The session of a person.' },
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key (`ta_…`), or the session of a program that a person has signed in (`tas_…`).',
        },
      },
      parameters: { IdempotencyKey: idempotencyKey, IfMatch: ifMatch },
      responses: refusalResponses,
      schemas: { Problem: problemSchema },
    },
  })
  Object.assign(document.components?.schemas ?? {}, schemas.named())
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

/** What the generator does not know: who may call, which headers count, how it is refused. */
function complete(operation: Operation, { procedure, method }: (typeof procedures)[number]): void {
  const meta = metaOf(procedure)
  operation.security = meta.access === 'public' ? [] : [{ session: [] }, { key: [] }]
  operation.description = [operation.description ?? operation.summary, accessWords(meta)].filter(Boolean).join('\n\n')
  const headers = [...(takesKey(meta) ? ['IdempotencyKey'] : []), ...(meta.ifMatch === true ? ['IfMatch'] : [])]
  const parameters = headers.map((name) => ({ $ref: `#/components/parameters/${name}` }))
  if (parameters.length > 0) operation.parameters = [...(operation.parameters ?? []), ...parameters]
  operation.responses = { ...operation.responses, ...refusalsOf(meta, method) }
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
