import { describe, expect, test } from 'vitest'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { actingAs } from '#foundation/kernel/context-testing.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { sha256 } from '#foundation/kernel/canonical-json.ts'

const database = useTestDatabase()
const entry = { action: 'tenant.rename', subject: { kind: 'tenant', id: 'x' }, outcome: 'succeeded' }

function entriesOf(workspaceId: string) {
  return database.owner.selectFrom('audit_entries').selectAll().where('workspace_id', '=', workspaceId).execute()
}

describe('recordAudit()', () => {
  test('says who did what on what, in which tenant, with which hashes', async () => {
    const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
    const [beforeHash, afterHash] = [sha256('before'), sha256('after')]
    await inWorkspace(database.db, ctx, (tx) =>
      recordAudit(tx, ctx, { ...entry, beforeHash, afterHash, detail: { n: 1 } }),
    )
    expect(await entriesOf(ctx.workspaceId)).toMatchObject([
      {
        tenant_id: ctx.tenantId,
        actor_kind: 'user',
        actor_name: 'Ada Moreau',
        action: 'tenant.rename',
        subject_kind: 'tenant',
        subject_id: 'x',
        outcome: 'succeeded',
        run_id: null,
        before_hash: beforeHash,
        after_hash: afterHash,
        detail: { n: 1 },
      },
    ])
  })

  test('names the product itself where nobody acted, and no tenant for an act on the workspace', async () => {
    const workspace = await givenWorkspace(database.db)
    const ctx = actingAs(workspace, { kind: 'system', name: 'scheduler' })
    await inWorkspace(database.db, ctx, (tx) => recordAudit(tx, ctx, entry))
    expect(await entriesOf(ctx.workspaceId)).toMatchObject([
      { tenant_id: null, actor_kind: 'system', actor_id: null, actor_name: 'scheduler' },
    ])
  })

  test('leaves nothing when the act did not happen', async () => {
    const ctx = await givenWorkspace(database.db)
    const act = inWorkspace(database.db, ctx, async (tx) => {
      await recordAudit(tx, ctx, entry)
      throw new Error('it did not happen')
    })
    await expect(act).rejects.toThrow('it did not happen')
    expect(await entriesOf(ctx.workspaceId)).toEqual([])
  })
})
