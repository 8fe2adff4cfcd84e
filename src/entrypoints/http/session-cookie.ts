import { parse, serialize } from 'hono/utils/cookie'
import { sessionLife } from '#domain/access/sessions/session-life.ts'

/** A cookie that scripts cannot read and other sites do not send along. */
export interface TokenCookie {
  /** From the Cookie header of a request. */
  read(cookieHeader: string | undefined): string | undefined
  /** The Set-Cookie header that gives it to the browser; without a token, that takes it away. */
  header(token?: string): string
}

export interface Cookies {
  readonly session: TokenCookie
  /** Of platform operators: another plane, another cookie. */
  readonly system: TokenCookie
  /** Binds a sign-in at Entra to the browser that began it. */
  readonly signIn: TokenCookie
  /** Binds an admin consent to the browser that asked for it. */
  readonly consent: TokenCookie
}

/**
 * Over HTTPS `__Host-`, which a browser takes from this host alone and only encrypted. On a page that is opened without
 * HTTPS (this machine) the plain name: some browsers refuse the other one there.
 */
export function cookiesFor(pageUrl: string): Cookies {
  const isSecure = new URL(pageUrl).protocol === 'https:'
  const cookie = (name: string, minutes: number): TokenCookie => {
    const full = isSecure ? `__Host-${name}` : name
    const options = { path: '/', httpOnly: true, secure: isSecure, sameSite: 'Lax' } as const
    return {
      read: (header) => (header === undefined ? undefined : parse(header, full)[full]),
      header: (token) => serialize(full, token ?? '', { ...options, maxAge: token === undefined ? 0 : minutes * 60 }),
    }
  }
  return {
    session: cookie('tenantatlas', sessionLife.absoluteMinutes),
    system: cookie('tenantatlas-system', sessionLife.absoluteMinutes),
    signIn: cookie('tenantatlas-sign-in', 15),
    consent: cookie('tenantatlas-consent', 15),
  }
}
