import type { IDToken } from 'openid-client'
import type { EntraAuthority } from '#domain/access/sign-in/entra-authority.ts'
import { issuerOf } from '#domain/access/sign-in/entra-authority.ts'
import { refuse } from '#domain/access/sign-in/refusals.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

/** Who signed in. The first three say who it is; name and user name are for showing, and may change or be anything. */
export interface PersonIdentity {
  readonly issuer: string
  /** The Entra tenant, lower case. */
  readonly tid: string
  /** The person's object id in it, lower case. */
  readonly oid: string
  readonly name: string
  readonly userName: string
  /** When they last proved themselves; null unless it was asked for or Entra says it anyway. */
  readonly authTime: Date | null
  /** How they did, in Entra's words, such as `pwd` and `mfa`; empty where Entra does not say. */
  readonly amr: readonly string[]
}

export interface ExpectedIdentity {
  readonly authority: EntraAuthority
  readonly clientId: string
  readonly allowedTenants: readonly string[]
  /** Who claimed to answer in the browser. */
  readonly answeringIssuer: string | undefined
  readonly isTimeAsked: boolean
  readonly nowSeconds: number
}

/** Personal Microsoft accounts live in this one; nobody administers it. */
const consumersTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'

const clockToleranceSeconds = 60
/** Entra dates tokens back by five minutes. */
const oldestTokenSeconds = 15 * 60

/**
 * The person a checked ID token is about. What openid-client leaves open is checked here again or more strictly: one
 * audience, a tenant and object id of the right shape, an issuer of that very tenant, times of now.
 * @throws Failure `authentication_failed`
 */
export function identityFrom(claims: IDToken | undefined, expected: ExpectedIdentity): PersonIdentity {
  if (claims === undefined) throw refuse('id_token')
  checkAudience(claims, expected)
  const issuer = { tid: uuidClaim(claims, 'tid'), oid: uuidClaim(claims, 'oid') }
  checkTenant(claims, issuer.tid, expected)
  checkTimes(claims, expected)
  return {
    issuer: issuerOf(expected.authority, issuer.tid),
    ...issuer,
    name: textClaim(claims, 'name') || textClaim(claims, 'preferred_username') || 'Somebody without a name',
    userName: textClaim(claims, 'preferred_username'),
    authTime: claims.auth_time === undefined ? null : new Date(claims.auth_time * 1_000),
    amr: amrOf(claims),
  }
}

function checkAudience({ aud, azp, ver }: IDToken, { clientId }: ExpectedIdentity): void {
  const audiences = typeof aud === 'string' ? [aud] : aud
  if (audiences.length !== 1 || audiences[0] !== clientId) throw refuse('aud')
  if (azp !== undefined && azp !== clientId) throw refuse('azp')
  if (ver !== '2.0') throw refuse('ver')
}

function uuidClaim(claims: IDToken, name: 'tid' | 'oid'): string {
  const value = claims[name]
  if (typeof value !== 'string' || !isUuid(value)) throw refuse(name)
  return value.toLowerCase()
}

function checkTenant({ iss }: IDToken, tid: string, expected: ExpectedIdentity): void {
  const { authority, answeringIssuer, allowedTenants } = expected
  if (iss.toLowerCase() !== issuerOf(authority, tid)) throw refuse('iss')
  if (answeringIssuer !== undefined && answeringIssuer.toLowerCase() !== iss.toLowerCase()) throw refuse('mixed_up')
  const isForeign = allowedTenants.length > 0 && !allowedTenants.some((allowed) => allowed.toLowerCase() === tid)
  if (isForeign || tid === consumersTenantId) throw refuse('tenant')
}

function checkTimes({ iat, auth_time: authTime }: IDToken, { isTimeAsked, nowSeconds }: ExpectedIdentity): void {
  const latest = nowSeconds + clockToleranceSeconds
  if (iat > latest || iat < nowSeconds - oldestTokenSeconds) throw refuse('iat')
  if (authTime === undefined ? isTimeAsked : authTime > latest) throw refuse('auth_time')
}

/** For showing: bounded, and on one line. */
function textClaim(claims: IDToken, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string') return ''
  return value
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 256)
}

function amrOf({ amr }: IDToken): readonly string[] {
  const known: unknown = amr
  return Array.isArray(known) ? known.filter((one) => typeof one === 'string').slice(0, 16) : []
}
