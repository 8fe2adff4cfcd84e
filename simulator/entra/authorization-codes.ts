/** One-time codes between the sign-in page and the token endpoint. */
import { createHash, randomBytes } from 'node:crypto'
import type { SimPerson, SimTenant } from '../world.ts'
import { refusals } from './entra-error.ts'

/** What a code stands for: who signed in, to which app, and what the app asked for. */
export interface SignedInFor {
  readonly tenant: SimTenant
  readonly person: SimPerson
  readonly clientId: string
  readonly redirectUri: string
  readonly codeChallenge: string | undefined
  readonly nonce: string | undefined
  readonly scopes: readonly string[]
  /** Seconds; undefined when nobody asked. */
  readonly authTime: number | undefined
}

export interface Redemption {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string
  readonly codeVerifier: string
}

export interface AuthorizationCodes {
  issue(signedIn: SignedInFor): string
  /** What an unused code stands for; for the journal and fault patterns. */
  find(code: string): SignedInFor | undefined
  /** @throws EntraError unless it is the right code, for the first time, in time, and from who asked for it */
  redeem(redemption: Redemption): SignedInFor
}

const lifetimeMs = 10 * 60_000
const remembered = 10_000

interface Kept {
  readonly signedIn: SignedInFor
  readonly expiresAt: number
  isRedeemed: boolean
}

export function createAuthorizationCodes(now: () => number): AuthorizationCodes {
  const codes = new Map<string, Kept>()

  return {
    issue(signedIn) {
      const code = `1.${randomBytes(48).toString('base64url')}`
      if (codes.size >= remembered) codes.clear()
      codes.set(code, { signedIn, expiresAt: now() + lifetimeMs, isRedeemed: false })
      return code
    },
    find: (code) => codes.get(code)?.signedIn,
    redeem({ code, clientId, redirectUri, codeVerifier }) {
      const kept = codes.get(code)
      if (!kept || kept.expiresAt <= now()) throw refusals.unknownCode()
      if (kept.isRedeemed) throw refusals.redeemedCode()
      const { signedIn } = kept
      if (signedIn.clientId !== clientId) throw refusals.codeOfAnother()
      kept.isRedeemed = true
      if (signedIn.redirectUri !== redirectUri) throw refusals.otherReplyAddress()
      if (!fits(signedIn.codeChallenge, codeVerifier)) throw refusals.wrongVerifier()
      return signedIn
    },
  }
}

function fits(challenge: string | undefined, verifier: string): boolean {
  if (challenge === undefined) return verifier === ''
  return createHash('sha256').update(verifier).digest('base64url') === challenge
}
