/**
 * One request to Graph from sign-in to answer. What a request would change is found out first and applied in one place,
 * so that a fault may come before, after or instead of it. The journal has the request before its answer leaves.
 */
import type { Limits } from '../state/settings.ts'
import { retryAfterHeader } from '../state/throttle.ts'
import type { ThrottledRequest } from '../state/throttle.ts'
import { approvalAsGraph } from '../state/approvals.ts'
import type { Cloud } from '../state/cloud.ts'
import { commitChanges } from '../state/cloud.ts'
import { damageReply } from '../faults/damage-reply.ts'
import type { FiredFault } from '../faults/fault-engine.ts'
import type { Effect } from '../faults/fault-plan.ts'
import { requireApproval } from './approval-gate.ts'
import type { GraphCall, Outcome, ServiceState } from './call.ts'
import { errorReply, GraphError, intuneError } from './graph-error.ts'
import type { Reply } from './reply.ts'
import type { Route } from './route.ts'
import { routeOf } from './route.ts'

/** What goes out: an answer, perhaps in a peculiar way, or a cut connection. */
export type Answered =
  | { readonly kind: 'reply'; readonly reply: Reply; readonly delivery: readonly Effect[] }
  | { readonly kind: 'cut' }

/** A call with what the journal and the fault patterns know it by. */
export interface ArrivedCall {
  readonly call: GraphCall
  /** With the version, without the query. */
  readonly path: string
  readonly rawQuery: string
  /** `requestId` of the batch it is part of. */
  readonly batchId?: string
  readonly batchSize?: number
}

export function serviceState(cloud: Cloud): ServiceState {
  return {
    get pageSize() {
      return cloud.settings.pageSize
    },
    view: (object) => cloud.staleReads.view(object, cloud.clock.now()),
    auditEvents: (tenant) => cloud.audit.events(tenant),
    approvalRequests: (tenant) => cloud.approvals.list(tenant.id, cloud.clock.now()).map(approvalAsGraph),
  }
}

/** Answers one call; never throws for what a client did. */
export async function answerCall(cloud: Cloud, arrived: ArrivedCall): Promise<Answered> {
  const route = tryRoute(arrived.call)
  return answerWith(cloud, arrived, {
    route: route instanceof GraphError ? undefined : route,
    serve: (effects) => serve(cloud, arrived, { route, effects }),
  })
}

/** What answers a request once no fault stands in the way. */
export interface Server {
  readonly route: Route | undefined
  readonly serve: (effects: readonly Effect[]) => Reply | Promise<Reply>
}

/** Lets faults act before, around and after what serves a request, and journals both. */
export async function answerWith(cloud: Cloud, arrived: ArrivedCall, server: Server): Promise<Answered> {
  const fired = fireFaults(cloud, arrived, server.route)
  for (const { effect } of fired) if (effect.kind === 'delay') await pause(cloud, effect.ms)
  const effects = fired.map(({ effect }) => effect)
  const answered = await answerThrough(cloud, arrived, { server, effects })
  journalRequest(cloud, arrived, { answered, fired })
  return answered
}

function tryRoute(call: GraphCall): Route | GraphError {
  try {
    return routeOf(call)
  } catch (error) {
    if (error instanceof GraphError) return error
    throw error
  }
}

function fireFaults(cloud: Cloud, arrived: ArrivedCall, route: Route | undefined): readonly FiredFault[] {
  const { call, path, rawQuery, batchId } = arrived
  const { tenant, caller } = call
  return cloud.faults.fire({
    kind: 'graph',
    method: call.method,
    path,
    query: rawQuery,
    collection: route?.collection,
    tenant: { id: tenant.id, name: tenant.name, domain: tenant.domain },
    app: { clientId: caller.clientId, name: caller.appName },
    isInner: batchId !== undefined,
  })
}

function pause(cloud: Cloud, ms: number): Promise<void> {
  return new Promise((resolve) => cloud.clock.later(ms, resolve))
}

async function answerThrough(
  cloud: Cloud,
  arrived: ArrivedCall,
  { server, effects }: { server: Server; effects: readonly Effect[] },
): Promise<Answered> {
  const reset = effects.find((effect) => effect.kind === 'reset')
  if (reset?.when === 'beforeApply') return { kind: 'cut' }
  const status = effects.find((effect) => effect.kind === 'status')
  const refused = () =>
    replying(faultReply(cloud, arrived, { route: server.route, status: status as StatusEffect }), effects)
  if (status && !status.applied) return refused()
  const reply = await server.serve(effects)
  if (reset) return { kind: 'cut' }
  return status ? refused() : replying(damage(reply, arrived, effects), effects)
}

function replying(reply: Reply, effects: readonly Effect[]): Answered {
  return { kind: 'reply', reply, delivery: effects.filter(({ kind }) => kind === 'slowBody' || kind === 'endlessBody') }
}

function damage(reply: Reply, { call, path, rawQuery }: ArrivedCall, effects: readonly Effect[]): Reply {
  const { origin } = call
  const url = `${origin}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`
  return effects.reduce((damaged, effect) => damageReply(damaged, effect, { origin, url }), reply)
}

/** The service at work: limits, permission, the act itself, approval, and the change. */
function serve(
  cloud: Cloud,
  arrived: ArrivedCall,
  decided: { route: Route | GraphError; effects: readonly Effect[] },
): Reply {
  const { call } = arrived
  const { route, effects } = decided
  try {
    if (route instanceof GraphError) throw route
    throttle(cloud, call, route)
    requirePermission(call, route)
    const outcome = route.run(call)
    const approve = outcome.changes.length > 0 ? requireApproval(cloud, call) : undefined
    applyOutcome(cloud, arrived, { outcome, effects })
    approve?.()
    return outcome.reply
  } catch (error) {
    if (error instanceof GraphError) return errorReply(error, call)
    throw error
  }
}

function throttle(cloud: Cloud, call: GraphCall, route: Route): void {
  const { limits } = cloud.settings
  const request = throttledRequest(call, route)
  const blockedMs = cloud.throttle.blockedFor(request)
  if (blockedMs !== undefined) throw tooMany(call, limits?.retryAfter ?? 'seconds', blockedMs)
  const isThrottled = call.tenant.apps.get(call.caller.clientId)?.isThrottled ?? true
  const waitMs = limits && isThrottled ? cloud.throttle.take(request, limits) : undefined
  if (waitMs === undefined || !limits) return
  cloud.throttle.block(request, call.now + waitMs)
  throw tooMany(call, limits.retryAfter, waitMs)
}

function throttledRequest(call: GraphCall, { service, isWrite, resourceUnits }: Route): ThrottledRequest {
  return { tenant: call.tenant.id, app: call.caller.clientId, service, isWrite, resourceUnits, now: call.now }
}

function tooMany(call: GraphCall, form: Limits['retryAfter'], waitMs: number): GraphError {
  const header = retryAfterHeader(form, waitMs, call.now)
  return new GraphError(
    429,
    'TooManyRequests',
    'Please retry again later.',
    header === undefined ? {} : { 'retry-after': header },
  )
}

function requirePermission({ caller }: GraphCall, { anyOf, service }: Route): void {
  if (caller.roles.some((role) => anyOf.includes(role))) return
  if (service === 'directory') {
    throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
  }
  const needed = `Application must have one of the following scopes: ${anyOf.join(', ')}`
  throw intuneError(403, 'Forbidden', `Application is not authorized to perform this operation. ${needed}`)
}

/** How long after a cut connection a write that was under way takes effect. */
const appliedAfterCutMs = 50

function applyOutcome(
  cloud: Cloud,
  arrived: ArrivedCall,
  made: { outcome: Outcome; effects: readonly Effect[] },
): void {
  const { outcome, effects } = made
  if (outcome.changes.length === 0 || effects.some(({ kind }) => kind === 'ignoreWrite')) return
  const stale = effects.find((effect) => effect.kind === 'staleReads')
  const apply = () => commit(cloud, arrived, { outcome, staleReads: stale?.reads })
  const lateMs = delayOf(effects)
  if (lateMs === undefined) apply()
  else cloud.clock.later(lateMs, apply)
}

function delayOf(effects: readonly Effect[]): number | undefined {
  const late = effects.find((effect) => effect.kind === 'applyLate')
  if (late) return late.ms
  return effects.some((effect) => effect.kind === 'reset' && effect.when === 'duringApply')
    ? appliedAfterCutMs
    : undefined
}

function commit(cloud: Cloud, arrived: ArrivedCall, made: { outcome: Outcome; staleReads: number | undefined }): void {
  const { call, path, batchId } = arrived
  const { caller, tenant, requestId, clientRequestId, method } = call
  const { outcome, staleReads } = made
  if (!outcome.activity) throw new TypeError('a change without a wording for the audit log')
  commitChanges(cloud, outcome.changes, {
    tenant,
    actor: { kind: 'application', id: caller.clientId, name: caller.appName },
    source: 'graph',
    requestId,
    activity: outcome.activity,
    entry: { app: caller.clientId, method, path, clientRequestId, ...(batchId === undefined ? {} : { batchId }) },
    ...(staleReads === undefined ? {} : { staleReads }),
  })
}

type StatusEffect = Effect & { kind: 'status' }

const statusCodes: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'],
  403: ['Forbidden', 'Application is not authorized to perform this operation.'],
  404: ['ResourceNotFound', 'The resource was not found.'],
  429: ['TooManyRequests', 'Please retry again later.'],
  500: ['InternalServerError', 'An internal server error has occurred.'],
  502: ['BadGateway', 'The upstream server answered with an error.'],
  503: ['ServiceUnavailable', 'The service is unavailable.'],
  504: ['GatewayTimeout', 'The upstream server did not answer in time.'],
}

function faultReply(
  cloud: Cloud,
  { call }: ArrivedCall,
  fault: { route: Route | undefined; status: StatusEffect },
): Reply {
  const { route, status } = fault
  const [code, message] = statusCodes[status.status] ?? ['UnknownError', 'An error has occurred.']
  const wait = waitOf(status, call.now)
  if (wait && status.blocks && status.status === 429 && route) {
    cloud.throttle.block(throttledRequest(call, route), call.now + wait.ms)
  }
  const headers: Record<string, string> = wait ? { 'retry-after': wait.header } : {}
  return errorReply(new GraphError(status.status, status.code ?? code, status.message ?? message, headers), call)
}

function waitOf({ retryAfter }: StatusEffect, now: number): { ms: number; header: string } | undefined {
  if (retryAfter === undefined) return undefined
  if (typeof retryAfter === 'number') return { ms: retryAfter * 1000, header: String(retryAfter) }
  const header = new Date(Math.ceil(now / 1000 + retryAfter.date) * 1000)
  return { ms: header.getTime() - now, header: header.toUTCString() }
}

interface Journaled {
  readonly answered: Answered
  readonly fired: readonly FiredFault[]
}

function journalRequest(cloud: Cloud, arrived: ArrivedCall, { answered, fired }: Journaled): void {
  const { call, path, rawQuery, batchId, batchSize } = arrived
  const { tenant, caller, method, requestId, clientRequestId } = call
  const usual = { tenant: tenant.id, app: caller.clientId, method, path, requestId, clientRequestId }
  for (const { id, effect } of fired) {
    cloud.journal.append({ ...usual, kind: 'fault', at: call.now, fault: id, detail: { ...effect } })
  }
  cloud.journal.append({
    ...usual,
    kind: 'request',
    at: call.now,
    ...(rawQuery === '' ? {} : { query: rawQuery }),
    status: answered.kind === 'reply' ? answered.reply.status : null,
    ...(batchId === undefined ? {} : { batchId }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(fired.length === 0 ? {} : { fault: fired.map(({ id }) => id).join(',') }),
  })
}
