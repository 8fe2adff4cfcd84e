import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { sessionLife } from '#domain/access/sessions/session-life.ts'

/** The cookie of a session: not readable by scripts, not sent along by other sites. */
export interface SessionCookie {
  readonly name: string
  read(c: Context): string | undefined
  set(c: Context, token: string): void
  clear(c: Context): void
}

/**
 * Over HTTPS `__Host-`, which a browser takes from this host alone and only encrypted. On a page that is opened without
 * HTTPS (this machine) the plain name: some browsers refuse the other one there.
 */
export function sessionCookie(pageUrl: string, name = 'tenantatlas'): SessionCookie {
  const isSecure = new URL(pageUrl).protocol === 'https:'
  const full = isSecure ? `__Host-${name}` : name
  const options = { path: '/', httpOnly: true, secure: isSecure, sameSite: 'Lax' } as const
  return {
    name: full,
    read: (c) => getCookie(c, full),
    set: (c, token) => setCookie(c, full, token, { ...options, maxAge: sessionLife.absoluteMinutes * 60 }),
    clear: (c) => deleteCookie(c, full, options),
  }
}
