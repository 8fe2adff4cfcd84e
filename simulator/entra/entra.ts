/** Entra for the front door: its pages and documents, and tokens. Every request meets the fault plan and the journal. */
import type { Effect } from '../faults/fault-plan.ts'
import { damageReply } from '../faults/damage-reply.ts'
import type { FiredFault } from '../faults/fault-engine.ts'
import type { Answered } from '../graph/graph-service.ts'
import type { Reply } from '../graph/reply.ts'
import { jsonReply } from '../graph/reply.ts'
import { decodeLoosely } from '../http/decode.ts'
import type { Received } from '../http/receive.ts'
import { findRegistration } from '../state/app-registration.ts'
import type { Cloud } from '../state/cloud.ts'
import { findTenant } from '../state/cloud.ts'
import type { SimApp, SimTenant } from '../world.ts'
import { createAuthorizationCodes } from './authorization-codes.ts'
import { EntraError, entraErrorReply } from './entra-error.ts'
import { createSignInPages } from './sign-in-pages.ts'
import type { SigningKey } from './signing-key.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export type EntraHandler = (received: Received) => Promise<Answered>

/** A request with whom it is about, as far as they exist, and how it is answered when nothing goes wrong. */
interface Exchange {
  readonly kind: 'token' | 'signIn'
  readonly received: Received
  readonly tenant: SimTenant | undefined
  readonly app: SimApp | undefined
  /** The client id as given, known or not. */
  readonly clientId: string | null
  readonly answer: () => Reply
}

export function createEntra(cloud: Cloud, key: SigningKey): EntraHandler {
  const codes = createAuthorizationCodes(cloud.clock.now)
  const endpoint = createTokenEndpoint(cloud, key, codes)
  const signInPages = createSignInPages({ cloud, key, codes })

  function tokenExchange(received: Received, tenantName: string): Exchange {
    const { text, host, origin } = received
    const form = new URLSearchParams(text)
    const request = { tenantName, form, host, origin }
    return {
      kind: 'token',
      received,
      ...endpoint.identify(request),
      clientId: form.get('client_id'),
      answer: () => issue(() => endpoint.issue(request)),
    }
  }

  function pageExchange(received: Received): Exchange {
    const { path, rawQuery } = received
    const clientId = new URLSearchParams(rawQuery).get('client_id')
    return {
      kind: 'signIn',
      received,
      tenant: findTenant(cloud, decodeLoosely(path.split('/')[1] ?? '')),
      app: clientId === null ? undefined : findRegistration(cloud.tenants, clientId),
      clientId,
      answer: () => signInPages(received) ?? jsonReply(404, { error: 'not_found', path }),
    }
  }

  async function carryOut(exchange: Exchange): Promise<Answered> {
    const fired = fire(exchange)
    for (const { effect } of fired) {
      if (effect.kind === 'delay') await new Promise<void>((resolve) => cloud.clock.later(effect.ms, resolve))
    }
    const answered = answerWithFaults(exchange, fired)
    journal(exchange, { answered, fired })
    return answered
  }

  function fire({ kind, received: { method, path, rawQuery }, tenant, app }: Exchange): readonly FiredFault[] {
    return cloud.faults.fire({
      kind,
      method,
      path,
      query: rawQuery,
      collection: undefined,
      isInner: false,
      tenant: tenant && { id: tenant.id, name: tenant.name, domain: tenant.domain },
      app: app && { clientId: app.clientId, name: app.name },
    })
  }

  function answerWithFaults({ received, answer }: Exchange, fired: readonly FiredFault[]): Answered {
    const { origin, path } = received
    const effects = fired.map(({ effect }) => effect)
    if (effects.some(({ kind }) => kind === 'reset')) return { kind: 'cut' }
    const reply = refusalByFault(effects) ?? answer()
    const url = `${origin}${path}`
    const damaged = effects.reduce((one, effect) => damageReply(one, effect, { origin, url }), reply)
    const delivery = effects.filter(({ kind }) => kind === 'slowBody' || kind === 'endlessBody')
    return { kind: 'reply', reply: damaged, delivery }
  }

  function refusalByFault(effects: readonly Effect[]): Reply | undefined {
    for (const effect of effects) {
      if (effect.kind === 'tokenError') {
        const error = new EntraError(
          effect.status,
          effect.error,
          effect.code,
          'The request was refused by a fault plan.',
        )
        return entraErrorReply(error, cloud.clock.now())
      }
      if (effect.kind === 'status') {
        const headers = typeof effect.retryAfter === 'number' ? { 'retry-after': String(effect.retryAfter) } : {}
        return jsonReply(effect.status, { error: 'temporarily_unavailable' }, headers)
      }
    }
    return undefined
  }

  function issue(make: () => Reply): Reply {
    try {
      return make()
    } catch (error) {
      if (error instanceof EntraError) return entraErrorReply(error, cloud.clock.now())
      throw error
    }
  }

  function journal(
    { kind, received: { method, path, headers }, tenant, app, clientId }: Exchange,
    { answered, fired }: { answered: Answered; fired: readonly FiredFault[] },
  ): void {
    const status = answered.kind === 'reply' ? answered.reply.status : null
    const error = answered.kind === 'reply' ? errorIn(answered.reply) : undefined
    const clientRequestId = headers['client-request-id']
    const usual = { tenant: tenant?.id ?? null, app: app?.clientId ?? clientId, method, path }
    for (const { id, effect } of fired)
      cloud.journal.append({ ...usual, kind: 'fault', fault: id, detail: { ...effect } })
    cloud.journal.append({
      ...usual,
      kind: kind === 'token' ? 'token' : 'request',
      status,
      ...(clientRequestId === undefined ? {} : { clientRequestId }),
      ...(error === undefined ? {} : { error }),
    })
  }

  return async (received) => {
    const tenantName = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(received.path)?.[1]
    const isToken = tenantName !== undefined && received.method === 'POST'
    return carryOut(isToken ? tokenExchange(received, decodeLoosely(tenantName)) : pageExchange(received))
  }
}

/** The number of the refusal a body or a redirect tells of. */
function errorIn({ text, headers }: Reply): string | undefined {
  return /AADSTS\d+/.exec(text ?? headers['location'] ?? '')?.[0]
}
