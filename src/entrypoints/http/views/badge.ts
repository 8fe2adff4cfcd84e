import { html } from 'hono/html'
import { badgeOf } from '#contract/badges.ts'
import type { Badge } from '#contract/badges.ts'
import { relativeTime } from '#contract/moments.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

export function badge({ word, tone }: Badge): Html {
  return html`<span class="badge ${tone}">${word}</span>`
}

/** A message writes commands in backticks; the page shows them as code. */
export function withCode(message: string): Html[] {
  return message.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}

/** Shown only where somebody should look. */
export function freshnessBadge({ freshness }: Pick<RunView, 'freshness'>): Html {
  if (freshness === null || freshness.state === 'fresh') return html``
  return badge(badgeOf('runFreshness', freshness.state))
}

/** A time in words, with the exact one for who needs it. */
export function ago(at: Date | null, now: Date, never = 'never'): Html {
  if (at === null) return html`${never}`
  return html`<time datetime="${at.toISOString()}" title="${at.toISOString()}">${relativeTime(at, now)}</time>`
}
