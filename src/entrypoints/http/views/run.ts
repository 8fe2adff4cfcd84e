import { html } from 'hono/html'
import { runBadge } from '#contract/badges.ts'
import { orderedCounts } from '#contract/counts.ts'
import { clockTime } from '#contract/moments.ts'
import type { FailureLine } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { isReason, reasons } from '#foundation/kernel/reasons.ts'
import { ago, badge } from '#entrypoints/http/views/badge.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'
import { progressCell, tookWords } from '#entrypoints/http/views/runs-table.ts'

/** The live part of a run's page: how it stands, what it counted, what failed and what to do about it. */
export function runView(run: RunView, { slug, name }: Workspace, now: Date): Html {
  return html`<p id="back" class="back"><a id="back-link" href="/w/${slug}">${name}</a></p>
    <h1 id="title">${run.label}${run.tenant === null ? '' : ` – ${run.tenant.name}`}</h1>
    <div class="card" id="facts">${factList(run, now)}</div>
    ${countList(run)} ${failureList(run)}`
}

function factList(run: RunView, now: Date): Html {
  return html`<dl class="facts">
    <dt>Status</dt>
    <dd>${badge(runBadge(run))}${run.isCancelRequested && run.status !== 'completed' ? ' – cancelling' : ''}</dd>
    ${
      run.status === 'completed'
        ? ''
        : html`<dt>Progress</dt>
            <dd>${progressCell(run)}</dd>`
    }
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
    <dt>Run</dt>
    <dd><code>${run.id}</code></dd>
  </dl>`
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
      ${shown.map(failureItem)}
    </ul>`
}

/** A message writes commands in backticks; the page shows them as code. */
function withCode(message: string): Html[] {
  return message.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}

function failureItem({ message, count, reason, code }: FailureLine): Html {
  return html`<li>
    <p>${withCode(message)}${count > 1 ? ` (${count.toLocaleString('en-US')} times)` : ''}</p>
    <p class="quiet">${isReason(reason) ? reasons[reason].next : ''} <code>${code}</code></p>
  </li>`
}
