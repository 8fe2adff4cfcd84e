/** The pages of sign-in, and the address Microsoft Entra sends people back to. */
import { Hono } from 'hono'
import type { Context } from 'hono'
import { beginBrowserSignIn, pathOnly } from '#domain/access/browser-sign-in/begin-browser-sign-in.ts'
import { finishBrowserSignIn } from '#domain/access/browser-sign-in/finish-browser-sign-in.ts'
import { needsSetup } from '#domain/access/setup/set-up.ts'
import { endSessionOfToken } from '#domain/access/sessions/end-sessions.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Log } from '#foundation/observability/log.ts'
import { personOfPage } from '#entrypoints/http/person-of-page.ts'
import type { Cookies } from '#entrypoints/http/session-cookie.ts'
import {
  devicePage,
  invitationPage,
  operatorSetupPage,
  setupPage,
  signInPage,
} from '#entrypoints/http/views/sign-in.ts'

export interface SignInDeps {
  readonly db: Database
  readonly log: Log
  readonly pageUrl: string
  readonly cookies: Cookies
  readonly entra: EntraSignIn | undefined
}

/** Where Entra sends people back to, below the address of the console. */
export const callbackPath = '/sign-in/callback'

export function createSignIn(deps: SignInDeps): Hono {
  const { db, cookies, entra } = deps
  const app = new Hono()
  const signIn = async (c: Context, problem?: string, status: 200 | 401 | 503 = 200) => {
    const returnTo = pathOnly(c.req.query('return_to') ?? '/')
    return c.html(
      signInPage({ hasEntra: entra !== undefined, needsSetup: await needsSetup(db), returnTo, problem }),
      status,
    )
  }

  app.get('/sign-in', (c) => signIn(c))
  app.get('/setup', (c) => c.html(setupPage()))
  app.get('/system/setup', (c) => c.html(operatorSetupPage()))
  app.get('/invitation', (c) => c.html(invitationPage()))
  app.get('/device', async (c) => {
    const person = await personOfPage(db, cookies, c)
    return person === undefined ? c.redirect('/sign-in?return_to=/device') : c.html(devicePage(person.name))
  })
  // Proves the person of the session once more. Local accounts do it where they sign in.
  app.get('/prove', async (c) => {
    const person = await personOfPage(db, cookies, c)
    const returnTo = pathOnly(c.req.query('return_to') ?? '/')
    if (person === undefined || entra === undefined || person.method !== 'entra')
      return c.redirect(`/sign-in?return_to=${encodeURIComponent(returnTo)}`)
    const { url, browserToken } = await beginBrowserSignIn(
      db,
      entra,
      { purpose: 'step_up', sessionId: person.sessionId },
      returnTo,
    )
    c.header('Set-Cookie', cookies.signIn.header(browserToken))
    return c.redirect(url)
  })
  app.get(callbackPath, async (c) => {
    try {
      if (entra === undefined)
        throw new Failure('missing_configuration', 'Sign-in with Microsoft Entra is not configured here.')
      const { pathname, search } = new URL(c.req.url)
      const browserToken = cookies.signIn.read(c.req.header('cookie'))
      const before = cookies.session.read(c.req.header('cookie'))
      const { token, returnTo } = await finishBrowserSignIn(db, entra, {
        url: `${deps.pageUrl}${pathname}${search}`,
        browserToken,
      })
      deps.log.info({ method: 'entra' }, 'signed in')
      // Whoever was signed in with this browser is not any more.
      if (before !== undefined) await endSessionOfToken(db, before)
      c.header('Set-Cookie', cookies.session.header(token), { append: true })
      c.header('Set-Cookie', cookies.signIn.header(), { append: true })
      return c.redirect(returnTo)
    } catch (error) {
      return signIn(c, problemWords(deps, error), 401)
    }
  })
  return app
}

function problemWords({ log }: SignInDeps, error: unknown): string {
  if (error instanceof Failure) {
    log.info({ reason: error.reason }, 'sign-in refused')
    return error.message
  }
  log.error({ err: error }, 'sign-in failed')
  return 'Something went wrong here; the log says what.'
}
