/** Test only: a sign-in against a hostile provider, from the first redirect to the answer, with one thing bent. */
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { entraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { EntraSignIn, EntraSignInOptions, SignInWishes } from '#domain/access/sign-in/entra-sign-in.ts'
import type { PersonIdentity } from '#domain/access/sign-in/identity.ts'
import type { PendingSignIn } from '#domain/access/sign-in/pending.ts'
import { givenHostileIdp, victim } from '#domain/access/sign-in/testing-hostile-idp.ts'
import type { Bend, Claims, HostileIdp } from '#domain/access/sign-in/testing-hostile-idp.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export const clientId = '7c0b7c39-5a7e-4c4a-9d0f-3f4a6f1d2c3b'
export const redirectUri = 'http://127.0.0.1:4780/sign-in/callback'
export const otherTenant = 'e1a9c2d4-7b65-4f3e-8d21-0c9b8a7f6e5d'

export interface Case extends Bend {
  readonly options?: Partial<EntraSignInOptions>
  readonly wishes?: SignInWishes
  readonly callback?: (url: URL, idp: HostileIdp) => URL | string
  readonly pending?: (pending: PendingSignIn) => PendingSignIn
}

/** `why` is the check that has to catch it: refused by another one, the case proves nothing. */
export type Row = readonly [name: string, why: string, bent: Case]

export interface Stage {
  readonly idp: HostileIdp
  relyingParty(options?: Partial<EntraSignInOptions>): EntraSignIn
  signIn(bent: Case): Promise<PersonIdentity>
}

/** A provider for the tests of a file; what a test bent is straight again before the next. */
export function useHostileIdp(): Stage {
  let started: HostileIdp | undefined
  const idp = (): HostileIdp => {
    if (!started) throw new TypeError('the provider has not been started')
    return started
  }
  beforeAll(async () => {
    started = await givenHostileIdp()
  })
  afterAll(() => idp()[Symbol.asyncDispose]())
  beforeEach(() => {
    Object.assign(idp(), { bend: {} })
    idp().asked.length = 0
    idp().tokenRequests.length = 0
  })

  function relyingParty(options: Partial<EntraSignInOptions> = {}): EntraSignIn {
    const credential = { kind: 'secret', secret: 'the-secret' } as const
    return entraSignIn({ authority: `${idp().origin}/organizations`, clientId, credential, redirectUri, ...options })
  }

  async function signIn({ options, wishes, callback, pending, ...bend }: Case): Promise<PersonIdentity> {
    const party = relyingParty(options)
    idp().bend = atOrigin(bend)
    const begun = await party.begin(wishes)
    const back = idp().signIn(begun.url)
    const callbackUrl = callback?.(back, idp()) ?? back
    return party.finish({ callbackUrl, pending: pending?.(begun.pending) ?? begun.pending })
  }

  return {
    get idp() {
      return idp()
    },
    relyingParty,
    signIn,
  }
}

/** Tables are written before the port is known. */
function atOrigin({ claims, ...bent }: Bend): Bend {
  if (!claims) return bent
  return {
    ...bent,
    claims: (usual, idp) => {
      const changed = claims(usual, idp)
      const { iss } = changed
      return typeof iss === 'string' ? { ...changed, iss: iss.replace('ORIGIN', idp.origin) } : changed
    },
  }
}

export async function refusalOf(attempt: Promise<unknown>): Promise<Failure> {
  const error = await attempt.then(
    () => new Error('nobody refused'),
    (refused: unknown) => refused,
  )
  if (error instanceof Failure) return error
  throw error
}

/** A refusal by the named check, in a sentence, that gives nothing away. */
export async function expectRefusal(attempt: Promise<unknown>, why: string): Promise<void> {
  const refused = await refusalOf(attempt)
  expect([refused.reason, refused.detail['why']]).toEqual(['authentication_failed', why])
  expect(refused.message).toMatch(/\.( \(AADSTS\d+\))?$/)
  const said = `${inspect(refused, { depth: 9 })}${JSON.stringify(refused)}`
  for (const secret of ['code-', 'eyJ', 'the-secret', 'an-access-token', victim.email, victim.oid, '<b>'])
    expect(said).not.toContain(secret)
}

export const now = () => Math.floor(Date.now() / 1_000)
export const withClaims = (change: Claims): Case => ({ claims: (claims) => ({ ...claims, ...change }) })
export const withoutClaim = (name: string): Case => ({
  claims: (claims) => Object.fromEntries(Object.entries(claims).filter(([one]) => one !== name)),
})
export const withParameters = (change: Readonly<Record<string, string>>): Case => ({
  callback: (url) => {
    for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value)
    return url
  },
})
export const asError = (error: string, description = ''): Case => ({
  callback: (url) => {
    url.searchParams.delete('code')
    url.searchParams.set('error', error)
    url.searchParams.set('error_description', description)
    return url
  },
})
export function tenantClaims(tid: string): Claims {
  return { tid, iss: `ORIGIN/${tid}/v2.0` }
}
