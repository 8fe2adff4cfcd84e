import { html } from 'hono/html'
import { runBadge } from '#contract/badges.ts'
import { countWords } from '#contract/counts.ts'
import { durationWords } from '#contract/moments.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { ago, badge, freshnessBadge } from '#entrypoints/http/views/badge.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

export function runsTable(runs: readonly RunView[], workspace: Workspace, now: Date): Html {
  if (runs.length === 0) {
    return html`<div class="card empty" id="runs">
      <p>Nothing has run in the last 30 days.</p>
      <p>Observe a tenant with <code>tenantatlas inventory sync</code>.</p>
    </div>`
  }
  return html`<div class="card" id="runs" data-keep>
    <table id="runs-table" data-keep>
      <thead id="runs-head">
        <tr>
          <th scope="col">Operation</th>
          <th scope="col">Tenant</th>
          <th scope="col">Status</th>
          <th scope="col">Progress</th>
          <th scope="col">Started</th>
          <th scope="col" class="number">Took</th>
        </tr>
      </thead>
      <tbody id="runs-rows" data-keep>
        ${runs.map((run) => runRow(run, workspace, now))}
      </tbody>
    </table>
  </div>`
}

function runRow(run: RunView, { slug }: Workspace, now: Date): Html {
  return html`<tr id="run-${run.id}">
    <td class="text lead"><a id="run-link-${run.id}" href="/w/${slug}/runs/${run.id}">${run.label}</a></td>
    <td class="text" data-label="Tenant">${run.tenant?.name ?? '–'}</td>
    <td data-label="Status"><span class="badges">${badge(runBadge(run))} ${freshnessBadge(run)}</span></td>
    <td data-label="Progress">${progressCell(run)}</td>
    <td data-label="Started">${ago(run.createdAt, now)}</td>
    <td class="number" data-label="Took">${tookWords(run, now)}</td>
  </tr>`
}

/** While it runs a bar; afterwards what it did. */
export function progressCell(run: RunView): Html {
  if (run.status === 'completed') return html`<span>${countWords(run.counts) || '–'}</span>`
  const { processed = 0, total = 0, step = '' } = run.progress ?? {}
  if (total === 0)
    return html`<span class="quiet">${run.status === 'queued' ? waitingWords(run) : step || 'starting'}</span>`
  const label = `${processed.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`
  return html`<span
    ><progress max="${total}" value="${processed}" aria-label="${run.label}">${label}</progress>
    <span class="quiet">${label}${step === '' ? '' : ` · ${step}`}</span></span
  >`
}

function waitingWords({ held, throttledUntil }: RunView): string {
  if (held !== null) return 'held back'
  return throttledUntil === null ? 'waiting' : 'waits for Microsoft Graph'
}

export function tookWords(run: RunView, now: Date): string {
  if (run.startedAt === null) return '–'
  const tookMs = (run.completedAt ?? now).getTime() - run.startedAt.getTime()
  // A running clock that shows tenths would change every second for no reader's sake.
  return run.completedAt === null ? `${Math.max(0, Math.round(tookMs / 1000))} s` : durationWords(tookMs)
}
