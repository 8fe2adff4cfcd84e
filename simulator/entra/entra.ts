/** Sign-in for the front door: discovery, keys, tokens. */
import type { Effect } from '../faults/fault-plan.ts'
import { damageReply } from '../faults/damage-reply.ts'
import type { FiredFault } from '../faults/fault-engine.ts'
import type { Answered } from '../graph/graph-service.ts'
import type { Reply } from '../graph/reply.ts'
import { jsonReply } from '../graph/reply.ts'
import { decodeLoosely } from '../http/decode.ts'
import type { Received } from '../http/receive.ts'
import type { Cloud } from '../state/cloud.ts'
import { instanceDiscovery, openIdConfiguration, signingKeys } from './discovery.ts'
import { EntraError, entraErrorReply } from './entra-error.ts'
import type { SigningKey } from './signing-key.ts'
import type { TokenRequest } from './token-endpoint.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export type EntraHandler = (received: Received) => Promise<Answered>

export function createEntra(cloud: Cloud, key: SigningKey): EntraHandler {
  const endpoint = createTokenEndpoint(cloud, key)

  function discovery({ path, origin }: Received): Reply | undefined {
    if (path === '/common/discovery/instance') return instanceDiscovery(origin)
    const tenant = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/.exec(path)?.[1]
    if (tenant !== undefined) return openIdConfiguration(origin, tenant)
    return /^\/[^/]+\/discovery\/v2\.0\/keys$/.test(path) ? signingKeys(key) : undefined
  }

  async function token(received: Received, tenantName: string): Promise<Answered> {
    const request: TokenRequest = { tenantName, form: new URLSearchParams(received.text), host: received.host }
    const fired = fire(received, request)
    for (const { effect } of fired) {
      if (effect.kind === 'delay') await new Promise<void>((resolve) => cloud.clock.later(effect.ms, resolve))
    }
    const answered = answerWithFaults(received, request, fired)
    journal(received, request, { answered, fired })
    return answered
  }

  function fire({ method, path, rawQuery }: Received, request: TokenRequest): readonly FiredFault[] {
    const { tenant, app } = endpoint.identify(request)
    return cloud.faults.fire({
      kind: 'token',
      method,
      path,
      query: rawQuery,
      collection: undefined,
      isInner: false,
      tenant: tenant && { id: tenant.id, name: tenant.name, domain: tenant.domain },
      app: app && { clientId: app.clientId, name: app.name },
    })
  }

  function answerWithFaults({ origin, path }: Received, request: TokenRequest, fired: readonly FiredFault[]): Answered {
    const effects = fired.map(({ effect }) => effect)
    if (effects.some(({ kind }) => kind === 'reset')) return { kind: 'cut' }
    const reply = tokenFault(effects) ?? issue(request)
    const url = `${origin}${path}`
    const damaged = effects.reduce((one, effect) => damageReply(one, effect, { origin, url }), reply)
    const delivery = effects.filter(({ kind }) => kind === 'slowBody' || kind === 'endlessBody')
    return { kind: 'reply', reply: damaged, delivery }
  }

  function tokenFault(effects: readonly Effect[]): Reply | undefined {
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

  function issue(request: TokenRequest): Reply {
    try {
      return endpoint.issue(request).reply
    } catch (error) {
      if (error instanceof EntraError) return entraErrorReply(error, cloud.clock.now())
      throw error
    }
  }

  function journal(
    { method, path, headers }: Received,
    request: TokenRequest,
    { answered, fired }: { answered: Answered; fired: readonly FiredFault[] },
  ): void {
    const { tenant, app } = endpoint.identify(request)
    const status = answered.kind === 'reply' ? answered.reply.status : null
    const error = answered.kind === 'reply' ? /AADSTS\d+/.exec(answered.reply.text ?? '')?.[0] : undefined
    const clientRequestId = headers['client-request-id']
    const usual = { tenant: tenant?.id ?? null, app: app?.clientId ?? request.form.get('client_id'), method, path }
    for (const { id, effect } of fired)
      cloud.journal.append({ ...usual, kind: 'fault', fault: id, detail: { ...effect } })
    cloud.journal.append({
      ...usual,
      kind: 'token',
      status,
      ...(clientRequestId === undefined ? {} : { clientRequestId }),
      ...(error === undefined ? {} : { error }),
    })
  }

  return async (received) => {
    const tenantName = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(received.path)?.[1]
    if (tenantName !== undefined && received.method === 'POST') return token(received, decodeLoosely(tenantName))
    const { method, path } = received
    const reply = (method === 'GET' ? discovery(received) : undefined) ?? jsonReply(404, { error: 'not_found', path })
    cloud.journal.append({ kind: 'request', tenant: null, app: null, method, path, status: reply.status })
    return { kind: 'reply', reply, delivery: [] }
  }
}
