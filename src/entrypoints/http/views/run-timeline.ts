import { html } from 'hono/html'
import { badgeOf } from '#contract/badges.ts'
import { clockSeconds } from '#contract/moments.ts'
import { tellEntry } from '#contract/timeline.ts'
import type { TimelineEntry } from '#domain/operations/run-timeline.ts'
import { withCode } from '#entrypoints/http/views/badge.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

/** What happened to a run, in order. */
export function timelineList(timeline: readonly TimelineEntry[], now: Date): Html {
  return html`<h2 id="timeline-title">Timeline</h2>
    <ol class="card timeline" id="timeline">
      ${timeline.map((entry) => timelineItem(entry, now))}
    </ol>`
}

function timelineItem(entry: TimelineEntry, now: Date): Html {
  const { what, more } = tellEntry(entry, now)
  return html`<li class="${toneOf(entry)}">
    <time datetime="${entry.at.toISOString()}" title="${entry.at.toISOString()}">${clockSeconds(entry.at, now)}</time>
    <p>${what}</p>
    ${more === null ? '' : html`<p class="quiet">${withCode(more)}</p>`}
  </li>`
}

/** The mark beside it has the tone of what happened; words say the same. */
function toneOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'attempt':
      return entry.end === null ? 'active' : (attemptTones[entry.end] ?? 'neutral')
    case 'ended':
      return badgeOf('runOutcome', entry.outcome).tone
    case 'requeued':
      return 'warning'
    case 'created':
    case 'cancel_requested':
    case 'cooldown_overridden':
      return 'neutral'
  }
}

const attemptTones: Readonly<Record<string, string>> = { retry: 'warning', throttled: 'warning', lost: 'danger' }
