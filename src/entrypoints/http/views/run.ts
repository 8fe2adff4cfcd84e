import { html } from 'hono/html'
import { runBadge } from '#contract/badges.ts'
import { orderedCounts } from '#contract/counts.ts'
import { groupFailures } from '#contract/failures.ts'
import type { FailureGroup } from '#contract/failures.ts'
import { clockTime } from '#contract/moments.ts'
import type { FailureLine } from '#domain/operations/operation.ts'
import { freshnessReasons } from '#domain/operations/freshness.ts'
import { isRetriable } from '#domain/operations/retry-run.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { ShownRun } from '#domain/operations/show-run.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { ago, badge, freshnessBadge, withCode } from '#entrypoints/http/views/badge.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'
import { timelineList } from '#entrypoints/http/views/run-timeline.ts'
import { progressCell, tookWords } from '#entrypoints/http/views/runs-table.ts'

/** The live part of a run's page: how it stands, what it counted, what failed and what to do about it, what happened. */
export function runView({ run, timeline }: ShownRun, { slug, name }: Workspace, now: Date): Html {
  return html`<p id="back" class="back"><a id="back-link" href="/w/${slug}">${name}</a></p>
    <h1 id="title">${run.label}${run.tenant === null ? '' : ` – ${run.tenant.name}`}</h1>
    <div class="card" id="facts">${factList(run, slug, now)}</div>
    ${countList(run)} ${failureList(run)} ${timelineList(timeline, now)}`
}

function factList(run: RunView, slug: string, now: Date): Html {
  return html`<dl class="facts">
    <dt>Status</dt>
    <dd>${badge(runBadge(run))}${run.isCancelRequested && run.status !== 'completed' ? ' – cancelling' : ''}</dd>
    ${
      run.status === 'completed'
        ? ''
        : html`<dt>Progress</dt>
            <dd>${progressCell(run)}</dd>`
    }
    ${freshnessFact(run)} ${waitFact(run, now)}
    <dt>Started</dt>
    <dd>${ago(run.createdAt, now)} by ${run.initiator.name}</dd>
    <dt>Took</dt>
    <dd>${tookWords(run, now)}</dd>
    ${
      run.attempts > 1
        ? html`<dt>Attempts</dt>
            <dd>${run.attempts}</dd>`
        : ''
    }
    ${
      run.retryAt === null
        ? ''
        : html`<dt>${run.status === 'completed' ? 'Can run again' : 'Tried again'}</dt>
            <dd>${clockTime(run.retryAt, now)}</dd>`
    }
    ${retryFact(run, slug)}
    <dt>Run</dt>
    <dd><code>${run.id}</code></dd>
  </dl>`
}

function freshnessFact(run: RunView): Html {
  const { freshness } = run
  if (freshness === null || freshness.state === 'fresh') return html``
  return html`<dt>Freshness</dt>
    <dd>${freshnessBadge(run)} <span class="quiet">${withCode(freshnessReasons[freshness.why])}</span></dd>`
}

function waitFact({ held, throttledUntil }: RunView, now: Date): Html {
  if (held !== null)
    return html`<dt>Held back</dt>
      <dd>The ${held.what} is paused by ${held.by}: ${held.reason}</dd>`
  if (throttledUntil === null) return html``
  return html`<dt>Waits</dt>
    <dd>Microsoft Graph asked to wait until ${clockTime(throttledUntil, now)}</dd>`
}

/** The run it tries again, and how to try this one again. */
function retryFact(run: RunView, slug: string): Html {
  const { retryOf } = run.context
  const before =
    typeof retryOf === 'string' && isUuid(retryOf)
      ? html`<dt>Tried before</dt>
          <dd><a id="retry-of" href="/w/${slug}/runs/${retryOf}">${retryOf}</a></dd>`
      : html``
  if (!isRetriable(run)) return before
  return html`${before}
    <dt>Try again</dt>
    <dd><code>tenantatlas run retry ${run.id}</code></dd>`
}

function countList({ counts }: RunView): Html {
  const entries = orderedCounts(counts)
  if (entries.length === 0) return html``
  return html`<h2 id="counts-title">Counts</h2>
    <div class="card" id="counts">
      <dl class="counts">
        ${entries.map(
          ([key, value]) =>
            html`<div>
              <dt>${key.replaceAll('_', ' ')}</dt>
              <dd>${value.toLocaleString('en-US')}</dd>
            </div>`,
        )}
      </dl>
    </div>`
}

function failureList({ failures, lastFailure, status }: RunView): Html {
  const shown = status === 'completed' || lastFailure === null ? failures : [lastFailure]
  if (shown.length === 0) return html``
  return html`<h2 id="failures-title">${status === 'completed' ? 'What failed' : 'Why it is tried again'}</h2>
    <ul class="card failures" id="failures">
      ${groupFailures(shown).map(failureItem)}
    </ul>`
}

/** One reason: what failed because of it, and what to do once. */
function failureItem({ lines, next }: FailureGroup<FailureLine>): Html {
  return html`<li>
    ${lines.map(({ message, count, sample, code }) => html`<p>${withCode(message)}${timesWords(count, sample)} <code class="quiet">${code}</code></p>`)}
    ${next === null ? '' : html`<p class="next">${withCode(next)}</p>`}
  </li>`
}

function timesWords(count: number, sample: string | undefined): string {
  if (count <= 1) return ''
  return ` (${count.toLocaleString('en-US')} times${sample === undefined ? '' : `, e.g. ${sample}`})`
}
