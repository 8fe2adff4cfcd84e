import { keepPending, type Purpose } from '#domain/access/browser-sign-in/pending-sign-ins.store.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import { hashOfToken, newToken } from '#domain/access/tokens.ts'
import type { Database } from '#foundation/db/database.ts'
import type { SessionId } from '#foundation/kernel/ids.ts'

export type SignInWish =
  | { readonly purpose: 'sign_in' }
  /** Proves once more who the person of a session is. */
  | { readonly purpose: 'step_up'; readonly sessionId: SessionId }
  | { readonly purpose: 'invitation'; readonly token: string }

/**
 * Where to send the browser, and the token that binds the answer to it: a cookie of this one sign-in.
 * @throws Failure `dependency_unreachable`
 */
export async function beginBrowserSignIn(
  db: Database,
  entra: EntraSignIn,
  wish: SignInWish,
  returnTo: string,
): Promise<{ readonly url: string; readonly browserToken: string }> {
  const { url, pending } = await entra.begin(
    wish.purpose === 'step_up' ? { prompt: 'login', maxAgeSeconds: 0 } : { prompt: 'select_account' },
  )
  const browser = newToken('tab_')
  await keepPending(
    db,
    { state: hashOfToken(pending.state), browser: browser.hash },
    { pending, purpose: wish.purpose satisfies Purpose, returnTo: pathOnly(returnTo), concerns: concernsOf(wish) },
  )
  return { url, browserToken: browser.token }
}

function concernsOf(wish: SignInWish): string | null {
  if (wish.purpose === 'invitation') return hashOfToken(wish.token).toString('hex')
  return wish.purpose === 'step_up' ? wish.sessionId : null
}

/** Only a path of this console: never another site, whatever the link said. */
export function pathOnly(returnTo: string): string {
  if (!/^\/(?![/\\])[\u0021-\u007e]{0,1000}$/.test(returnTo)) return '/'
  const base = 'http://console.invalid'
  const address = URL.parse(returnTo, base)
  return address === null || address.origin !== base ? '/' : `${address.pathname}${address.search}`
}
