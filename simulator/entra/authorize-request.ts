/** What a client asks of the sign-in page, checked: first where it may be answered, then what it wants. */
import { findRegistration } from '../state/app-registration.ts'
import type { Cloud } from '../state/cloud.ts'
import { findTenant } from '../state/cloud.ts'
import type { SimApp, SimTenant } from '../world.ts'
import { refusals } from './entra-error.ts'
import type { Recipient } from './redirect.ts'
import { isRegistered } from './redirect.ts'

/** The tenant of a path: one, or whichever the person belongs to. */
export type Audience = { readonly tenant: SimTenant } | 'anyTenant'

export interface Target extends Recipient {
  readonly app: SimApp
  readonly audience: Audience
}

export interface AuthorizeRequest {
  readonly nonce: string | undefined
  readonly scopes: readonly string[]
  /** PKCE, S256. */
  readonly codeChallenge: string | undefined
  readonly loginHint: string
  readonly asksWhen: boolean
}

/** @throws EntraError when nobody may be answered: the person sees a page instead */
export function findTarget(cloud: Cloud, tenantName: string, params: URLSearchParams): Target {
  const audience = audienceOf(cloud, tenantName)
  const clientId = params.get('client_id')
  if (!clientId) throw refusals.missing('client_id')
  const app = appFor(cloud, audience, clientId)
  const redirectUri = params.get('redirect_uri') ?? ''
  if (!isRegistered(app, redirectUri)) throw refusals.replyAddress(redirectUri, app.clientId)
  const responseMode = params.get('response_mode') === 'form_post' ? 'form_post' : 'query'
  return { audience, app, redirectUri, responseMode, state: params.get('state') }
}

/** @throws EntraError when the tenant does not exist */
export function audienceOf(cloud: Cloud, tenantName: string): Audience {
  if (isAnyTenant(tenantName)) return 'anyTenant'
  const tenant = findTenant(cloud, tenantName)
  if (!tenant) throw refusals.unknownTenant(tenantName)
  return { tenant }
}

export function isAnyTenant(tenantName: string): boolean {
  return tenantName === 'common' || tenantName === 'organizations'
}

/** @throws EntraError when the app is not known there */
export function appFor(cloud: Cloud, audience: Audience, clientId: string): SimApp {
  const app = findRegistration(cloud.tenants, clientId)
  const where = audience === 'anyTenant' ? 'organizations' : audience.tenant.name
  if (!app) throw refusals.unknownApp(clientId, where)
  if (app.isMultiTenant) return app
  if (audience === 'anyTenant') throw refusals.notMultiTenant(app.clientId)
  if (audience.tenant.id !== app.homeTenantId) throw refusals.unknownApp(clientId, where)
  return app
}

/** @throws EntraError which the app is told of */
export function readRequest(params: URLSearchParams): AuthorizeRequest {
  const responseType = params.get('response_type')
  if (!responseType) throw refusals.missing('response_type')
  if (responseType !== 'code') throw refusals.badResponseType(responseType)
  oneOf(params, 'response_mode', ['query', 'form_post'])
  oneOf(params, 'prompt', ['login', 'none', 'consent', 'select_account'])
  const scopes = (params.get('scope') ?? '').split(/\s+/).filter((scope) => scope !== '')
  if (scopes.length === 0) throw refusals.missing('scope')
  const codeChallenge = params.get('code_challenge') ?? undefined
  if (codeChallenge !== undefined && params.get('code_challenge_method') !== 'S256')
    throw refusals.badParameter('code_challenge_method', 'S256')
  if (params.get('prompt') === 'none') throw refusals.noSession()
  return {
    nonce: params.get('nonce') ?? undefined,
    scopes,
    codeChallenge,
    loginHint: params.get('login_hint') ?? '',
    asksWhen: params.has('max_age'),
  }
}

function oneOf(params: URLSearchParams, name: string, allowed: readonly string[]): void {
  const value = params.get(name)
  if (value !== null && !allowed.includes(value)) throw refusals.badParameter(name, allowed.join(', '))
}
