import type { MiddlewareHandler } from 'hono'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { problemOf, problemType } from '#entrypoints/http/api/problem.ts'

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
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
 * What every answer says to the browser, errors included, and the refusal of foreign names: a name that is not ours and
 * leads here all the same is DNS rebinding. `pageUrl` is the address people open; this machine's own names count too.
 */
export function protect(pageUrl: string): MiddlewareHandler {
  const { host } = new URL(pageUrl)
  const all = headersFor(pageUrl)
  return async (c, next) => {
    const asked = c.req.header('host')
    if (asked === undefined || (asked.toLowerCase() !== host && !isThisMachine(asked))) c.res = misdirected(host)
    else await next()
    for (const [name, value] of Object.entries(all)) c.res.headers.set(name, value)
  }
}

function headersFor(pageUrl: string): Readonly<Record<string, string>> {
  const isSecure = new URL(pageUrl).protocol === 'https:'
  return { ...headers, ...(isSecure && { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' }) }
}

/** The refusal of what never reached the app, with the same headers. */
export function refuseOutside(pageUrl: string, error: unknown): Response {
  const { problem } = problemOf(error, newId())
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { ...headersFor(pageUrl), 'Content-Type': problemType },
  })
}

function misdirected(host: string): Response {
  const { problem } = problemOf(new Failure('misdirected', `This server answers to the name ${host} only.`), '')
  return new Response(JSON.stringify(problem), { status: problem.status, headers: { 'Content-Type': problemType } })
}

function isThisMachine(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host)
}

/** A page that only shows. A link from elsewhere may open it; a script from elsewhere may not read it. */
export function onlyShows(): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.text('This page only shows.\n', 405)
    const isForeign = ['cross-site', 'same-site'].includes(c.req.header('sec-fetch-site') ?? '')
    if (isForeign && c.req.header('sec-fetch-dest') !== 'document')
      return c.text('Open this page by its address.\n', 403)
    return next()
  }
}
