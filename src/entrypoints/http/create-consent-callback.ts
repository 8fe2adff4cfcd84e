/** The address Microsoft Entra sends a browser back to after an admin consent. */
import { Hono } from 'hono'
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { answerConsent } from '#domain/connections/answer-consent.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { reasons } from '#foundation/kernel/reasons.ts'
import type { Log } from '#foundation/observability/log.ts'
import { personOfPage } from '#entrypoints/http/person-of-page.ts'
import type { Cookies } from '#entrypoints/http/session-cookie.ts'
import { layout } from '#entrypoints/http/views/layout.ts'

export interface ConsentCallbackDeps {
  readonly db: Database
  readonly log: Log
  readonly pageUrl: string
  readonly cookies: Cookies
}

/** Below the address of the console; a redirect URI of both app registrations. */
export const consentCallbackPath = '/connect/callback'

export function createConsentCallback(deps: ConsentCallbackDeps): Hono {
  const { db, pageUrl, cookies } = deps
  const app = new Hono()
  app.get(consentCallbackPath, async (c) => {
    try {
      const person = await personOfPage(db, cookies, c)
      if (person === undefined)
        throw new Failure(
          'sign_in_required',
          'You are not signed in any more. If an administrator did accept, it counts: sign in and verify the connection.',
        )
      const answered = await answerConsent(db, person, {
        url: `${pageUrl}${consentCallbackPath}${new URL(c.req.url).search}`,
        redirectUri: `${pageUrl}${consentCallbackPath}`,
        browserToken: cookies.consent.read(c.req.header('cookie')),
      })
      c.header('Set-Cookie', cookies.consent.header())
      if (answered.state === 'given') return c.redirect(answered.returnTo)
      return await problemPage(c, answered.refusal, answered.returnTo)
    } catch (error) {
      return problemPage(c, failureOf(deps, error), '/')
    }
  })
  return app
}

function problemPage(c: Context, { message, reason }: Failure, returnTo: string): Response | Promise<Response> {
  const body = html`<div class="narrow">
    <h1>No consent</h1>
    <p class="problem" role="alert">${message}</p>
    <p><a href="${returnTo}">Back</a></p>
  </div>`
  // Every status of a refusal has a body.
  const status = reasons[reason].status as ContentfulStatusCode
  return c.html(layout({ title: 'No consent', livePath: undefined, body, workspaces: [] }), status)
}

function failureOf({ log }: ConsentCallbackDeps, error: unknown): Failure {
  if (error instanceof Failure) return error
  log.error({ err: error }, 'the answer of a consent could not be taken')
  return new Failure('unknown_error', 'Something went wrong here; the log says what.')
}
