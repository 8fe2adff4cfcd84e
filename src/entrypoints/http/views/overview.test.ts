import { describe, expect, test } from 'vitest'
import { asId } from '#foundation/kernel/ids.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import { overviewView } from '#entrypoints/http/views/overview.ts'

const now = new Date('2026-11-23T12:00:00Z')
const workspace = { workspaceId: asId<never>('w'), name: 'Managed <b>Services</b>', slug: 'managed' }
const tenant: TenantOverview = {
  tenantRef: asId('7d0f0c7e-0000-4000-8000-000000000000'),
  entraTenantId: 'e',
  name: '"><img src=x onerror=alert(1)>',
  cloud: 'global',
  health: 'healthy',
  policies: 1204,
  lastSyncAt: new Date('2026-11-23T11:56:00Z'),
  lastBackupAt: null,
  activeRuns: 0,
  createdAt: now,
}

describe('overviewView()', () => {
  test('shows a hostile name as the text it is', async () => {
    const page = String(await overviewView({ workspace, tenants: [tenant], runs: [], hasWorker: true }, now))
    expect(page).not.toContain('<img')
    expect(page).not.toContain('<b>')
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })

  test('shows numbers, times in words with the exact one beside, and what never happened', async () => {
    const page = String(await overviewView({ workspace, tenants: [tenant], runs: [], hasWorker: true }, now))
    expect(page).toContain('1,204')
    expect(page).toContain(
      '<time datetime="2026-11-23T11:56:00.000Z" title="2026-11-23T11:56:00.000Z">4 minutes ago</time>',
    )
    expect(page).toContain('never')
  })

  test('says that queued runs wait when there is no worker', async () => {
    const page = String(await overviewView({ workspace, tenants: [], runs: [], hasWorker: false }, now))
    expect(page).toContain('No worker is running')
  })
})
