import { html } from 'hono/html'
import { badgeOf } from '#contract/badges.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import { ago, badge } from '#entrypoints/http/views/badge.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

export function tenantsTable(tenants: readonly TenantOverview[], now: Date): Html {
  if (tenants.length === 0) {
    return html`<div class="card empty" id="tenants">
      <p>No tenant yet.</p>
      <p>Add one with <code>tenantatlas tenant add</code>.</p>
    </div>`
  }
  return html`<div class="card" id="tenants" data-keep>
    <table id="tenants-table" data-keep>
      <thead id="tenants-head">
        <tr>
          <th scope="col">Tenant</th>
          <th scope="col" class="number">Policies</th>
          <th scope="col">Last sync</th>
          <th scope="col">Last backup</th>
          <th scope="col">Health</th>
        </tr>
      </thead>
      <tbody id="tenants-rows" data-keep>
        ${tenants.map((tenant) => tenantRow(tenant, now))}
      </tbody>
    </table>
  </div>`
}

function tenantRow(tenant: TenantOverview, now: Date): Html {
  return html`<tr id="tenant-${tenant.tenantRef}">
    <td class="text lead">${tenant.name}</td>
    <td class="number" data-label="Policies">${tenant.policies.toLocaleString('en-US')}</td>
    <td data-label="Last sync">${ago(tenant.lastSyncAt, now)}</td>
    <td data-label="Last backup">${ago(tenant.lastBackupAt, now)}</td>
    <td data-label="Health">${badge(badgeOf('tenantHealth', tenant.health))}</td>
  </tr>`
}
