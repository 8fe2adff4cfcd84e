/**
 * The HTTP API under `/api/v1`: who sends a request, whether it may be read at all, then the procedure it names, and for
 * every refusal one answer of one shape.
 */
import { createHash } from 'node:crypto'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import type { AnyContractProcedure } from '@orpc/contract'
import type { Context as HonoContext } from 'hono'
import { identifyCaller } from '#domain/access/identify-caller.ts'
import type { Caller } from '#domain/access/caller.ts'
import { identifyOperator } from '#domain/platform/sign-in-operator.ts'
import type { Operator } from '#domain/platform/operator.ts'
import { answerOnce } from '#domain/access/idempotency/answer-once.ts'
import type { NotifySettings } from '#domain/notifications/deliver.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { ApiContext, SignInContext } from '#entrypoints/http/api/api-context.ts'
import { authorize, metaOf } from '#entrypoints/http/api/authorize.ts'
import { methodsAt } from '#entrypoints/http/api/methods-at.ts'
import { isDefect, problemOf, problemType, type Problem } from '#entrypoints/http/api/problem.ts'
import { createRateLimit, type RateLimit } from '#entrypoints/http/api/rate-limit.ts'
import { isUnsafe, readJsonBody, refuseCrossSite } from '#entrypoints/http/api/read-request.ts'
import { refuseUnstorable } from '#entrypoints/http/api/refuse-unstorable.ts'
import { router } from '#entrypoints/http/api/router.ts'
import type { EventFeed } from '#entrypoints/http/events/event-feed.ts'
import type { Cookies } from '#entrypoints/http/session-cookie.ts'

export interface ApiDeps {
  readonly db: Database
  readonly log: Log
  readonly notify: NotifySettings
  readonly feed: EventFeed
  readonly graphAllowHosts: readonly string[]
  readonly auditKeys: () => SigningKeys
  readonly cookies: Cookies
  readonly signIn: Pick<SignInContext, 'entra' | 'sealer'>
  /** Where people open the console. */
  readonly pageUrl: string
  /** From which the console is opened: unsafe requests of other origins are refused. */
  readonly origins: ReadonlySet<string>
  /** Of whoever sends the request: behind trusted proxies what they say, else the socket's. */
  readonly addressOf: (c: HonoContext) => string
  /** Default: the usual rates, counted in this process. */
  readonly limit?: RateLimit
}

export const apiPrefix = '/api/v1'

/** Answers every request under the prefix. */
export function createApi(deps: ApiDeps): (c: HonoContext) => Promise<Response> {
  const { limit = createRateLimit() } = deps
  const handler = new OpenAPIHandler<ApiContext>(router, {
    interceptors: [
      async (options) => {
        try {
          return await options.next()
        } catch (error) {
          options.context.outcome.error = error
          throw error
        }
      },
    ],
    clientInterceptors: [
      async (options) => {
        const { procedure, input } = options
        const context = await authorize(options.context, procedure, input)
        refuseUnstorable(input)
        return onceIfAsked({ ...options, context }, procedure, () => options.next({ ...options, context }))
      },
    ],
  })

  return async (c) => {
    const requestId = newId()
    const context = contextOf(deps, c, { requestId, limit })
    try {
      const [caller, operator] = await Promise.all([callerOf(deps, c), operatorOf(deps, c)])
      const actor = caller?.userId ?? operator?.accountId
      const rate = isUnsafe(c.req.method) ? 'change' : 'read'
      limit.take(actor === undefined ? 'signedOut' : rate, actor ?? context.address)
      const request = await readableRequest(deps, c)
      const { matched, response } = await handler.handle(request, {
        prefix: apiPrefix,
        context: { ...context, caller, operator },
      })
      const { error } = context.outcome
      if (error !== undefined) return refused(error, context)
      return matched ? answered(await responseOf(response, context), context) : refused(nothingAt(c), context)
    } catch (error) {
      return refused(error, context)
    }
  }
}

function contextOf(
  deps: ApiDeps,
  c: HonoContext,
  { requestId, limit }: { readonly requestId: string; readonly limit: RateLimit },
): ApiContext {
  const address = deps.addressOf(c)
  return {
    db: deps.db,
    log: deps.log,
    notify: deps.notify,
    feed: deps.feed,
    requestId,
    pageUrl: deps.pageUrl,
    address,
    graphAllowHosts: deps.graphAllowHosts,
    auditKeys: deps.auditKeys,
    cookies: deps.cookies,
    signIn: {
      ...deps.signIn,
      takeTry: (account) => {
        limit.take('signIn', address)
        limit.take('signIn', `account ${account.toLowerCase()}`)
      },
    },
    header: (name) => c.req.header(name),
    caller: undefined,
    operator: undefined,
    answer: new Headers({ 'X-Request-Id': requestId }),
    outcome: {},
  }
}

async function callerOf({ db, cookies }: ApiDeps, c: HonoContext): Promise<Caller | undefined> {
  const [scheme, bearer] = (c.req.header('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() === 'bearer' && bearer !== undefined)
    return identifyCaller(db, { kind: 'bearer', token: bearer })
  const token = cookies.session.read(c.req.header('cookie'))
  return token === undefined ? undefined : identifyCaller(db, { kind: 'session', token })
}

async function operatorOf({ db, cookies }: ApiDeps, c: HonoContext): Promise<Operator | undefined> {
  const bearer = /^bearer (tao_\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const token = bearer ?? cookies.system.read(c.req.header('cookie'))
  return token === undefined ? undefined : identifyOperator(db, token)
}

/** The request with its body read and checked. */
async function readableRequest({ origins }: ApiDeps, c: HonoContext): Promise<Request> {
  const { raw } = c.req
  if (!isUnsafe(raw.method)) return raw
  refuseCrossSite((name) => c.req.header(name), origins)
  const body = await readJsonBody(raw)
  const headers = new Headers(raw.headers)
  // The type of a body that is not there would be believed: nothing is no form.
  if (body === undefined) headers.delete('content-type')
  return new Request(raw.url, {
    method: raw.method,
    headers,
    ...(body !== undefined && { body }),
    signal: raw.signal,
  })
}

interface Call {
  readonly context: ApiContext
  readonly input: unknown
  readonly path: readonly string[]
}

/** With an Idempotency-Key a change or a start has its effect once. */
async function onceIfAsked<T>(call: Call, procedure: AnyContractProcedure, act: () => Promise<T>): Promise<T> {
  const { context, input, path } = call
  const meta = metaOf(procedure)
  const key = context.header('idempotency-key')
  const { admitted, caller } = context
  if (key === undefined || meta.effect === 'read' || admitted === undefined || caller === undefined) return act()
  if (!/^[\u0021-\u007e]{1,200}$/.test(key))
    throw new Failure('invalid_input', 'An Idempotency-Key has 1 to 200 printable ASCII characters without spaces.')
  if (meta.answersSecret === true)
    throw new Failure(
      'invalid_input',
      'The answer holds a secret that is never stored: send this without an Idempotency-Key.',
    )
  const requestHash = createHash('sha256')
    .update(JSON.stringify([path, input]))
    .digest()
  return answerOnce(context.db, admitted.ctx, { userId: caller.userId, key, requestHash }, act, {
    isRepeatable: meta.effect === 'start',
    hadNoEffect: (error) => problemOf(error, context.requestId).problem.status < 500,
  })
}

function nothingAt(c: HonoContext): Failure {
  const path = new URL(c.req.url).pathname.slice(apiPrefix.length)
  const methods = methodsAt(path)
  if (methods.length === 0) return new Failure('not_found', 'The API has nothing at this path.')
  return new Failure('method_not_allowed', `This path takes ${methods.join(', ')}.`)
}

async function responseOf(returned: Response, { outcome }: ApiContext): Promise<Response> {
  if (outcome.response === undefined) return returned
  await returned.body?.cancel()
  return outcome.response
}

function answered(response: Response, { answer }: ApiContext): Response {
  const headers = new Headers(response.headers)
  answer.forEach((value, name) => headers.append(name, value))
  return new Response(response.body, { status: response.status, headers })
}

function refused(error: unknown, { requestId, answer, log, address }: ApiContext): Response {
  const { problem, retryAfterMs } = problemOf(error, requestId)
  if (isDefect(error)) log.error({ err: error, requestId }, 'request failed')
  // Who is turned away, and whence; bad input of those who may come in is theirs.
  else if (isTurnedAway(problem)) log.info({ requestId, reason: problem.reason, address }, 'request refused')
  answer.set('Content-Type', problemType)
  if (retryAfterMs !== undefined) answer.set('Retry-After', String(Math.ceil(retryAfterMs / 1_000)))
  if (problem.reason === 'step_up_required')
    answer.set('WWW-Authenticate', 'Bearer error="insufficient_user_authentication"')
  else if (problem.status === 401) answer.set('WWW-Authenticate', 'Bearer')
  return new Response(JSON.stringify(problem), { status: problem.status, headers: answer })
}

const turnedAway: ReadonlySet<number> = new Set([401, 403, 404, 421, 429])

function isTurnedAway({ status }: Problem): boolean {
  return turnedAway.has(status)
}
