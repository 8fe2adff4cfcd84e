import { takePending, type KeptSignIn } from '#domain/access/browser-sign-in/pending-sign-ins.store.ts'
import { acceptInvitationByHash } from '#domain/access/members/accept-invitation.ts'
import { markSignedIn, personByIdentity, type EntraIdentity } from '#domain/access/people.store.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { proveAgain } from '#domain/access/sessions/prove-again.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { PersonIdentity } from '#domain/access/sign-in/identity.ts'
import { hashOfToken } from '#domain/access/tokens.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'

export interface Answer {
  /** The whole address the browser came back to. */
  readonly url: string
  /** Of the cookie of this one sign-in. */
  readonly browserToken: string | undefined
}

/** The token of a new session, or the new token of the one that was proved again. */
export interface SignedIn {
  readonly token: string
  readonly returnTo: string
}

/**
 * Reads what Entra sent a browser back with, and lets the person in.
 * @throws Failure `sign_in_failed` for whoever is not known here, or an answer this browser did not ask for;
 * `authentication_failed`, `dependency_unreachable` as `EntraSignIn.finish`
 */
export async function finishBrowserSignIn(db: Database, entra: EntraSignIn, answer: Answer): Promise<SignedIn> {
  const kept = await keptFor(db, answer)
  const person = await entra.finish({ callbackUrl: answer.url, pending: kept.pending })
  const identity = { issuer: person.issuer, tenantId: person.tid, objectId: person.oid }
  if (kept.purpose === 'step_up') {
    return { token: await proveSame(db, kept, identity), returnTo: kept.returnTo }
  }
  const userId = await userOf(db, kept, person, identity)
  await markSignedIn(db, userId, person.name)
  const { token } = await openSession(db, { userId, method: 'entra' })
  return { token, returnTo: kept.returnTo }
}

async function keptFor(db: Database, { url, browserToken }: Answer): Promise<KeptSignIn> {
  const state = URL.parse(url)?.searchParams.get('state') ?? ''
  const kept =
    browserToken === undefined
      ? undefined
      : await takePending(db, state, { state: hashOfToken(state), browser: hashOfToken(browserToken) })
  if (kept !== undefined) return kept
  throw new Failure(
    'sign_in_failed',
    'This sign-in was not begun in this browser, or was answered already: begin again.',
  )
}

async function userOf(
  db: Database,
  kept: KeptSignIn,
  person: PersonIdentity,
  identity: EntraIdentity,
): Promise<UserId> {
  if (kept.purpose === 'invitation' && kept.concerns !== null) {
    const hash = Buffer.from(kept.concerns, 'hex')
    return (await acceptInvitationByHash(db, hash, { kind: 'entra', identity, name: person.name })).userId
  }
  const known = await personByIdentity(db, identity)
  if (known === undefined)
    throw new Failure('sign_in_failed', 'You are not known here: ask an owner of the workspace for an invitation.')
  if (known.isDisabled) throw new Failure('sign_in_failed', 'Your account is disabled here.')
  return known.userId
}

/** Somebody else's proof proves nothing. */
async function proveSame(db: Database, { concerns }: KeptSignIn, identity: EntraIdentity): Promise<string> {
  const known = await personByIdentity(db, identity)
  const token = known && (await proveAgain(db, asId<SessionId>(concerns ?? ''), known.userId))
  if (token !== undefined) return token
  throw new Failure('sign_in_failed', 'This is not the person of the session: sign in as the same one.')
}
