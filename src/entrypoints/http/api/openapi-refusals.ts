/** How each procedure may refuse, by its metadata. */
import { reasons } from '#foundation/kernel/reasons.ts'
import type { ProcedureMeta } from '#contract/api/procedure.ts'

/** What every refusal is. */
export const problemSchema = {
  type: 'object' as const,
  description: 'Why a request was refused, and what to do.',
  required: ['type', 'title', 'status', 'reason', 'detail', 'next', 'requestId'],
  additionalProperties: false,
  properties: {
    type: { type: 'string' as const, description: 'The page about the reason.' },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    reason: { type: 'string' as const, enum: Object.keys(reasons) },
    detail: { type: 'string' as const, description: 'What was wrong, in a sentence.' },
    next: { type: 'string' as const, description: 'What to do next.' },
    requestId: { type: 'string' as const, description: 'Under this id the log has it.' },
    errors: {
      type: 'array' as const,
      description: 'Which fields are wrong, and how.',
      items: {
        type: 'object' as const,
        required: ['path', 'message'],
        additionalProperties: false,
        properties: { path: { type: 'string' as const }, message: { type: 'string' as const } },
      },
    },
    context: { type: 'object' as const, additionalProperties: true },
  },
}

const refusals = {
  BadInput: { status: 400, description: 'Bad input: `errors` names each field.' },
  SignedOut: { status: 401, description: 'Signed out, or who you are has to be proved.' },
  NotAllowed: { status: 403, description: 'Not allowed, or sent by a page of another site.' },
  NotFound: { status: 404, description: 'Not there, or not yours.' },
  InvalidState: { status: 409, description: 'Not in this state.' },
  PreconditionFailed: { status: 412, description: 'The record was changed meanwhile.' },
  TooLarge: { status: 413, description: 'The body is too large.' },
  UnsupportedMediaType: { status: 415, description: 'The body is not JSON.' },
  Misdirected: { status: 421, description: 'This server does not answer to the name in `Host`.' },
  KeyReused: { status: 422, description: 'The Idempotency-Key belongs to another request.' },
  PreconditionRequired: { status: 428, description: 'If-Match is missing.' },
  TooManyRequests: { status: 429, description: 'Too many requests.' },
  Defect: { status: 500, description: 'Something went wrong here; the log has it.' },
  Unavailable: { status: 503, description: 'Something this needs does not answer.' },
} as const satisfies Record<string, { readonly status: number; readonly description: string }>

type Refusal = keyof typeof refusals

const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
const retryAfter = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } } }

/** Every refusal there is, as a component. */
export const refusalResponses = Object.fromEntries(
  Object.entries(refusals).map(([name, { status, description }]) => [
    name,
    { description, ...(status === 429 && { headers: retryAfter }), content },
  ]),
)

/** The refusals of one procedure, by status; `method`: whatever may have a body may be refused for it. */
export function refusalsOf({ access, effect, ifMatch }: ProcedureMeta, method: string) {
  const isPublic = access === 'public'
  const isRead = effect === 'read'
  const names: readonly Refusal[] = [
    'BadInput',
    ...(isPublic && isRead ? [] : (['SignedOut', 'NotAllowed', 'NotFound', 'InvalidState'] as const)),
    ...(ifMatch === true ? (['PreconditionFailed', 'PreconditionRequired'] as const) : []),
    ...(method === 'GET' ? [] : (['TooLarge', 'UnsupportedMediaType'] as const)),
    ...(isRead || isPublic ? [] : (['KeyReused'] as const)),
    'Misdirected',
    'TooManyRequests',
    'Defect',
    'Unavailable',
  ]
  return Object.fromEntries(names.map((name) => [refusals[name].status, { $ref: `#/components/responses/${name}` }]))
}
