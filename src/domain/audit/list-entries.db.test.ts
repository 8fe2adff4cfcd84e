import { beforeAll, describe, expect, test } from 'vitest'
import { givenEntries } from '#domain/audit/audit-testing.ts'
import { canonicalEntry, hashEntry } from '#domain/audit/canonical-entry.ts'
import { exportPage, type ExportedEntry } from '#domain/audit/export-entries.ts'
import { listEntries, type EntryListOptions, type EntryQuery } from '#domain/audit/list-entries.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type RunId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
const runId: RunId = newId()
let ctx: WorkspaceContext
let tenant: TenantContext

beforeAll(async () => {
  ctx = await givenWorkspace(database.db)
  tenant = await givenTenant(database.db, ctx, { name: 'Contoso' })
  await givenEntries(database.db, await givenWorkspace(database.db), 1)
  await givenEntries(database.db, ctx, 3)
  await givenEntries(database.db, tenant, 2, { action: 'schedule.create', subject: { kind: 'schedule', id: 's1' } })
  const system = actingAs(tenant, { kind: 'system', name: 'Notifications' }).withRequestId('r-1')
  await givenEntries(database.db, system, 1, { action: 'channel.pause', outcome: 'failed', runId })
})

const listed = async (options: EntryListOptions = {}) =>
  (await listEntries(database.db, ctx, options)).items.map(({ seq }) => seq)

describe('listEntries()', () => {
  test('shows the newest first, with who, what, on what and where', async () => {
    const { items, nextCursor } = await listEntries(database.db, ctx, { limit: 1 })
    expect(nextCursor).toBe('6')
    expect(items).toMatchObject([
      {
        seq: 6,
        actor: { kind: 'system', id: null, name: 'Notifications' },
        action: 'channel.pause',
        subject: { kind: 'tenant', id: 'x' },
        outcome: 'failed',
        tenant: { id: tenant.tenantRef, name: 'Contoso' },
        runId,
        requestId: 'r-1',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  test('comes in pages, each entry once', async () => {
    const pages: number[][] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Awaited<ReturnType<typeof listEntries>> = await listEntries(database.db, ctx, {
        limit: 4,
        ...(cursor !== '' && { cursor }),
      })
      pages.push(page.items.map(({ seq }) => seq))
      cursor = page.nextCursor
    }
    expect(pages).toEqual([
      [6, 5, 4, 3],
      [2, 1],
    ])
  })

  test('finds by action, actor, subject, tenant, run, outcome and time', async () => {
    expect(await listed({ actions: ['schedule.create', 'channel.pause'] })).toEqual([6, 5, 4])
    expect(await listed({ actor: { name: 'notifications' } })).toEqual([6])
    expect(await listed({ actor: ctx.actor.kind === 'user' ? ctx.actor.userId : newId() })).toEqual([5, 4, 3, 2, 1])
    expect(await listed({ subjectKind: 'schedule', subjectId: 's1' })).toEqual([5, 4])
    expect(await listed({ subjectKind: 'schedule', subjectId: 's2' })).toEqual([])
    expect(await listed({ tenantId: tenant.tenantId })).toEqual([6, 5, 4])
    expect(await listed({ runId })).toEqual([6])
    expect(await listed({ outcomes: ['failed'] })).toEqual([6])
    const [third] = (await listEntries(database.db, ctx, { cursor: '4', limit: 1 })).items
    expect(await listed({ until: third?.at ?? new Date(0) })).toEqual([2, 1])
  })

  test.each(['0', 'x', '-1', '1.5', ''])('refuses the cursor %j', async (cursor) => {
    await expect(listEntries(database.db, ctx, { cursor })).rejects.toMatchObject({ reason: 'invalid_input' })
  })
})

describe('exportPage()', () => {
  const exported = (query: EntryQuery = {}, after = 0) => exportPage(database.db, ctx, { query, after, limit: 100 })

  /** From what a line of the export says alone. */
  function hashOf(line: string): string {
    const entry = JSON.parse(line) as ExportedEntry
    const [seconds = '', micros = ''] = entry.at.replace('Z', '').split('.')
    const atMicros = `${Date.parse(`${seconds}Z`) / 1_000}${micros}`
    return hashEntry(Buffer.from(entry.previousHash, 'hex'), { ...entry, atMicros }).toString('hex')
  }

  test('gives all entries, the oldest first, and the chain can be computed from them', async () => {
    const entries = await exported()
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(await exported({}, 4)).toEqual(entries.slice(4))
    expect(entries.map((entry) => hashOf(JSON.stringify(entry)))).toEqual(entries.map(({ hash }) => hash))
    expect(entries.slice(1).map(({ previousHash }) => previousHash)).toEqual(
      entries.slice(0, -1).map(({ hash }) => hash),
    )
  })

  test('gives those that are like the query, each of which can still be checked', async () => {
    const entries = await exported({ outcomes: ['failed'] })
    expect(entries.map(({ seq }) => seq)).toEqual([6])
    expect(entries.map((entry) => hashOf(JSON.stringify(entry)))).toEqual(entries.map(({ hash }) => hash))
  })
})

test('canonicalEntry() tells an absent field from an empty one, and one field from two', () => {
  const entry = {
    workspaceId: 'w',
    seq: 1,
    id: 'i',
    atMicros: '1',
    tenantId: null,
    actorKind: 'system',
    actorId: null,
    actorName: 'n',
    action: 'ab',
    subjectKind: 'c',
    subjectId: 'd',
    runId: null,
    outcome: 'o',
    beforeHash: null,
    afterHash: null,
    requestId: null,
    detailText: '{}',
  }
  const texts = [entry, { ...entry, requestId: '' }, { ...entry, action: 'a', subjectKind: 'bc' }].map(canonicalEntry)
  expect(new Set(texts).size).toBe(3)
})
