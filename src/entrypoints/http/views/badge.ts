import { html } from 'hono/html'
import type { Badge } from '#contract/badges.ts'
import { relativeTime } from '#contract/moments.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

export function badge({ word, tone }: Badge): Html {
  return html`<span class="badge ${tone}">${word}</span>`
}

/** A time in words, with the exact one for who needs it. */
export function ago(at: Date | null, now: Date, never = 'never'): Html {
  if (at === null) return html`${never}`
  return html`<time datetime="${at.toISOString()}" title="${at.toISOString()}">${relativeTime(at, now)}</time>`
}
