import { html } from 'hono/html'
import type { RunView } from '#domain/operations/run-view.ts'
import type { TenantOverview, Workspace } from '#domain/workspaces/workspace.ts'
import { inboxList, type Inbox } from '#entrypoints/http/views/inbox.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'
import { runsTable } from '#entrypoints/http/views/runs-table.ts'
import { tenantsTable } from '#entrypoints/http/views/tenants-table.ts'

export interface Overview {
  readonly workspace: Workspace
  readonly inbox: Inbox
  readonly tenants: readonly TenantOverview[]
  readonly runs: readonly RunView[]
  readonly hasWorker: boolean
}

/** The live part of the overview: notifications, tenants, then runs, the newest first. */
export function overviewView(overview: Overview, now: Date): Html {
  const { workspace, inbox, tenants, runs, hasWorker } = overview
  return html`<h1 id="title">${workspace.name}</h1>
    ${inboxList(inbox, workspace, now)}
    <h2 id="tenants-title">Tenants</h2>
    ${tenantsTable(tenants, now)}
    <h2 id="runs-title">Operation runs</h2>
    <p class="quiet" id="workers">
      ${hasWorker ? '' : 'No worker is running: queued runs wait. Start one with tenantatlas work.'}
    </p>
    ${runsTable(runs, workspace, now)}`
}
