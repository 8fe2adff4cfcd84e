import { describe, expect, test } from 'vitest'
import { asId } from '#foundation/kernel/ids.ts'
import { credentialNotice } from '#domain/notifications/credential-notice.ts'
import type { NotificationView } from '#domain/notifications/list-notifications.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import type { Inbox } from '#entrypoints/http/views/inbox.ts'
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
  archivedAt: null,
  createdAt: now,
}

const inbox: Inbox = { name: 'Ada Moreau', unread: 0, latest: [] }
const notification: NotificationView = {
  id: asId('n'),
  event: 'run.completed',
  runId: asId('r'),
  runType: 'backup.capture',
  outcome: 'failed',
  credential: null,
  tenant: null,
  notice: {
    title: 'Backup of "<i>Contoso</i>" failed',
    body: '',
    problems: ['Connect it with `tenantatlas connection set`.', 'And 1 more.'],
    next: ['Start it again.'],
    tone: 'bad',
  },
  createdAt: new Date('2026-11-23T11:56:00Z'),
  readAt: null,
}

describe('overviewView()', () => {
  test('counts unread notifications and links each to its run, with why and what to do', async () => {
    const unread = { ...inbox, unread: 1_204, latest: [notification, { ...notification, readAt: now }] }
    const page = String(await overviewView({ workspace, inbox: unread, tenants: [], runs: [], hasWorker: true }, now))
    expect(page).toContain('1,204 unread')
    expect(page).toMatch(/href="\/w\/managed\/runs\/r">Backup of &quot;&lt;i&gt;Contoso&lt;\/i&gt;&quot; failed</)
    expect(page).toContain('Connect it with <code>tenantatlas connection set</code>.')
    expect(page).toContain('Start it again.')
    expect(page.match(/>Unread</g)).toHaveLength(1)
  })

  test('shows a notification of a credential without a run to open', async () => {
    const credential = {
      purpose: 'reader',
      kind: 'secret',
      clientId: 'c',
      expiresAt: new Date('2026-11-30T00:00:00Z'),
      withinDays: 7,
    } as const
    const ofCredential = { ...notification, runId: null, runType: null, outcome: null, credential }
    const latest = [{ ...ofCredential, notice: credentialNotice(credential, { name: 'Contoso' }) }]
    const page = String(
      await overviewView({ workspace, inbox: { ...inbox, latest }, tenants: [], runs: [], hasWorker: true }, now),
    )
    expect(page).toContain('client secret of &quot;Contoso&quot; ends within 7 days')
    expect(page).toContain('<code>tenantatlas connection verify --tenant &quot;Contoso&quot;</code>')
    expect(page).not.toContain('/runs/')
  })

  test('says when there will be a notification where there is none', async () => {
    const page = String(await overviewView({ workspace, inbox, tenants: [], runs: [], hasWorker: true }, now))
    expect(page).toContain('nothing unread')
    expect(page).toContain('There is one when a run that Ada Moreau started has ended, or a credential ends soon.')
  })

  test('shows a hostile name as the text it is', async () => {
    const page = String(await overviewView({ workspace, inbox, tenants: [tenant], runs: [], hasWorker: true }, now))
    expect(page).not.toContain('<img')
    expect(page).not.toContain('<b>')
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })

  test('shows numbers, times in words with the exact one beside, and what never happened', async () => {
    const page = String(await overviewView({ workspace, inbox, tenants: [tenant], runs: [], hasWorker: true }, now))
    expect(page).toContain('1,204')
    expect(page).toContain(
      '<time datetime="2026-11-23T11:56:00.000Z" title="2026-11-23T11:56:00.000Z">4 minutes ago</time>',
    )
    expect(page).toContain('never')
  })

  test('says that queued runs wait when there is no worker', async () => {
    const page = String(await overviewView({ workspace, inbox, tenants: [], runs: [], hasWorker: false }, now))
    expect(page).toContain('No worker is running')
  })
})
