import { html } from 'hono/html'
import { clockTime } from '#contract/moments.ts'
import type { Guest } from '#domain/platform/break-glass.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

/** Says on every page of a workspace which operators of the platform are in it, and why; nothing when none is. */
export function guestBanner(guests: readonly Guest[], now: Date): Html {
  if (guests.length === 0) return html``
  return html`<aside class="card guests" id="guests" aria-label="Platform operators">
    ${guests.map(({ name, role, until, reason }) => {
      const why = reason === null ? '' : html` Why: ${reason}`
      return html`<p><strong>${name}</strong> is in this workspace as ${role} until ${clockTime(until, now)}.${why}</p>`
    })}
  </aside>`
}
