/**
 * The limits of the services: fixed windows that begin with the first request after the last one ended, counted per app
 * and tenant, and per tenant over all apps, for each service apart. Entra counts resource units instead of requests.
 */
import type { Service } from '../catalogue/resource-type.ts'
import type { Limits } from './settings.ts'

export interface ThrottledRequest {
  readonly tenant: string
  readonly app: string
  readonly service: Service
  readonly isWrite: boolean
  readonly resourceUnits: number
  readonly now: number
}

interface Window {
  startedAt: number
  any: number
  writes: number
}

export interface Throttle {
  /** Counts a request; a number is the milliseconds it must wait, because it is over a limit. */
  take(request: ThrottledRequest, limits: Limits): number | undefined
  /** Turns away an app from a service of a tenant until then: it was told to come back later. */
  block(request: Pick<ThrottledRequest, 'tenant' | 'app' | 'service'>, until: number): void
  /** Milliseconds an app was told to wait and has not. */
  blockedFor(request: ThrottledRequest): number | undefined
  /** Forgets all counts and blocks. */
  reset(): void
}

export function createThrottle(): Throttle {
  const windows = new Map<string, Window>()
  const blocks = new Map<string, number>()

  function windowAt(key: string, now: number, lengthMs: number): Window {
    const found = windows.get(key)
    if (found && now < found.startedAt + lengthMs) return found
    const made = { startedAt: now, any: 0, writes: 0 }
    windows.set(key, made)
    return made
  }

  function takeIntune(request: ThrottledRequest, limits: Limits): number | undefined {
    const { tenant, app, service, isWrite, now } = request
    const checks = [
      { window: windowAt(`${tenant} ${service} ${app}`, now, limits.windowMs), most: limits.perAppAndTenant },
      { window: windowAt(`${tenant} ${service}`, now, limits.windowMs), most: limits.perTenant },
    ]
    for (const { window } of checks) {
      window.any += 1
      if (isWrite) window.writes += 1
    }
    const waits = checks.flatMap(({ window, most }) =>
      window.any > most.any || (isWrite && window.writes > most.writes)
        ? [window.startedAt + limits.windowMs - now]
        : [],
    )
    return waits.length === 0 ? undefined : Math.max(...waits)
  }

  function takeDirectory({ tenant, app, resourceUnits, now }: ThrottledRequest, limits: Limits): number | undefined {
    const { resourceUnits: most, windowMs } = limits.directory
    const window = windowAt(`${tenant} directory ${app}`, now, windowMs)
    window.any += resourceUnits
    return window.any > most ? window.startedAt + windowMs - now : undefined
  }

  return {
    take: (request, limits) =>
      request.service === 'directory' ? takeDirectory(request, limits) : takeIntune(request, limits),
    block({ tenant, app, service }, until) {
      blocks.set(`${tenant} ${service} ${app}`, until)
    },
    blockedFor({ tenant, app, service, now }) {
      const until = blocks.get(`${tenant} ${service} ${app}`)
      return until !== undefined && until > now ? until - now : undefined
    },
    reset() {
      windows.clear()
      blocks.clear()
    },
  }
}

/** The header of a 429, in one of the forms it comes in; undefined where it is left out. */
export function retryAfterHeader(form: Limits['retryAfter'], waitMs: number, now: number): string | undefined {
  switch (form) {
    case 'seconds':
      return String(Math.ceil(waitMs / 1000))
    case 'fractional':
      return (waitMs / 1000).toFixed(3)
    case 'date':
      return new Date(Math.ceil((now + waitMs) / 1000) * 1000).toUTCString()
    case 'absent':
      return undefined
  }
}
