import { describe, expect, test } from 'vitest'
import type { Ending } from '#domain/operations/decide-ending.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { givenClaim, givenEnded } from '#domain/operations/operations-testing.ts'
import { createItemLedger } from '#domain/operations/item-ledger.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const sync = { type: 'inventory.sync', input: {}, trigger: 'user' } as const
const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const
const verify = { type: 'connection.verify', input: {}, trigger: 'user' } as const

/** A workspace with a queued, a running, a succeeded and a failed run, in this order of creation, over two tenants. */
async function givenHistory() {
  const workspace = await givenWorkspace(database.db)
  const [one, two] = [await givenTenant(database.db, workspace), await givenTenant(database.db, workspace)]
  const failure = { code: 'x.failed', reason: 'conflict', message: 'no', count: 1 } as const
  const failing: Ending = { kind: 'finish', verdict: 'failed', result: { failures: [failure] } }
  const failed = await givenEnded(database.db, one, capture, failing)
  const succeeded = await givenEnded(database.db, two, sync)
  const running = await startRun(database.db, one, sync)
  await givenClaim(database.db, one)
  const queued = await startRun(database.db, one, verify)
  const ids = { queued: queued.runId, running: running.runId, succeeded: succeeded.id, failed: failed.id }
  return { workspace, one, two, ids }
}

describe('listRuns()', () => {
  test('shows the runs of the workspace, newest first, and of no other', async () => {
    const { workspace, ids } = await givenHistory()
    await givenHistory()
    const { items, nextCursor } = await listRuns(database.db, workspace)
    expect(items.map((run) => run.id)).toEqual([ids.queued, ids.running, ids.succeeded, ids.failed])
    expect(items.map((run) => run.status)).toEqual(['queued', 'running', 'completed', 'completed'])
    expect(nextCursor).toBeNull()
  })

  test('filters by type, status, outcome, tenant and time', async () => {
    const { workspace, one, ids } = await givenHistory()
    const list = async (query: Parameters<typeof listRuns>[2]) =>
      (await listRuns(database.db, workspace, query)).items.map((run) => run.id)
    expect(await list({ types: ['inventory.sync'] })).toEqual([ids.running, ids.succeeded])
    expect(await list({ statuses: ['queued', 'running'] })).toEqual([ids.queued, ids.running])
    expect(await list({ statuses: ['completed', 'queued'] })).toEqual([ids.queued, ids.succeeded, ids.failed])
    expect(await list({ outcomes: ['failed'] })).toEqual([ids.failed])
    expect(await list({ tenantId: one.tenantId })).toEqual([ids.queued, ids.running, ids.failed])
    const { createdAt } = await getRun(database.db, workspace, ids.running)
    expect(await list({ until: createdAt })).not.toContain(ids.queued)
    expect(await list({ since: new Date(Date.now() + 60_000) })).toEqual([])
  })

  test('shows the last 30 days unless asked for more', async () => {
    const { workspace, ids } = await givenHistory()
    await database.owner
      .updateTable('operation_runs')
      .set({ created_at: new Date('2020-01-01') })
      .where('id', '=', ids.failed)
      .execute()
    const { items } = await listRuns(database.db, workspace)
    expect(items.map((run) => run.id)).not.toContain(ids.failed)
    const all = await listRuns(database.db, workspace, { since: new Date(0) })
    expect(all.items.at(-1)?.id).toBe(ids.failed)
  })

  test('pages through without a gap or a repetition, also where times are equal', async () => {
    const { workspace, ids } = await givenHistory()
    const at = new Date()
    await database.owner
      .updateTable('operation_runs')
      .set({ created_at: at })
      .where('workspace_id', '=', workspace.workspaceId)
      .execute()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listRuns(database.db, workspace, { limit: 1, ...(cursor !== undefined && { cursor }) })
      seen.push(...page.items.map((run) => run.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen.toSorted()).toEqual(Object.values(ids).toSorted())
    expect(new Set(seen).size).toBe(4)
  })

  test.each(['nonsense', '', Buffer.from('2026-01-01 not-an-id').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      const workspace = await givenWorkspace(database.db)
      await expect(listRuns(database.db, workspace, { cursor })).rejects.toMatchObject({ reason: 'invalid_input' })
    },
  )
})

describe('getRun()', () => {
  test.each([newId(), 'not an id'])('does not find %s', async (id) => {
    const workspace = await givenWorkspace(database.db)
    await expect(getRun(database.db, workspace, asId(id))).rejects.toMatchObject({ reason: 'not_found' })
  })

  test('does not find a run of another workspace', async () => {
    const { ids } = await givenHistory()
    const stranger = await givenWorkspace(database.db)
    await expect(getRun(database.db, stranger, ids.failed)).rejects.toMatchObject({ reason: 'not_found' })
    await expect(listRunItems(database.db, stranger, ids.failed)).rejects.toMatchObject({ reason: 'not_found' })
  })
})

test('listRunItems() pages through the item ledger by key', async () => {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await startRun(database.db, ctx, sync)
  const claim = await givenClaim(database.db, ctx)
  const failure = { code: 'x.failed', reason: 'conflict', message: 'no' } as const
  await createItemLedger({ db: database.db, log }, claim).record([
    { key: 'a', outcome: 'succeeded', label: 'First', output: { changed: true } },
    { key: 'b', outcome: 'failed', failure },
  ])
  const first = await listRunItems(database.db, ctx, claim.runId, { limit: 1 })
  expect(first).toMatchObject({
    items: [{ key: 'a', label: 'First', output: { changed: true }, failure: null }],
    nextCursor: 'a',
  })
  const second = await listRunItems(database.db, ctx, claim.runId, { limit: 1, cursor: 'a' })
  expect(second).toMatchObject({ items: [{ key: 'b', outcome: 'failed', failure }], nextCursor: null })
})
