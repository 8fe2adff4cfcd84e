import type { MiddlewareHandler } from 'hono'

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types fragment',
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'Cache-Control': 'no-store',
}

/**
 * What keeps the page to the person at this machine while it has no sign-in: it answers only to the names of this
 * machine (a foreign name that resolves to it is DNS rebinding), only reads, and tells the browser to load nothing else.
 */
export function protect(): MiddlewareHandler {
  return async (c, next) => {
    const refusal = refusalOf(c.req.method, (name) => c.req.header(name))
    if (refusal === undefined) await next()
    else c.res = c.text(`${refusal.text}\n`, refusal.status)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
  }
}

interface Refusal {
  readonly status: 403 | 405 | 421
  readonly text: string
}

function refusalOf(method: string, header: (name: string) => string | undefined): Refusal | undefined {
  const host = header('host')
  if (host === undefined || !isThisMachine(host)) return { status: 421, text: 'This page answers to localhost only.' }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'This page only shows.' }
  // A link from elsewhere may open the page; a script from elsewhere may not read it.
  const isForeign = ['cross-site', 'same-site'].includes(header('sec-fetch-site') ?? '')
  if (isForeign && header('sec-fetch-dest') !== 'document')
    return { status: 403, text: 'Open this page by its address.' }
  return undefined
}

function isThisMachine(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host)
}
