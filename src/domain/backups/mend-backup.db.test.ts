import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { referencedGroupIds } from '#domain/backups/capture.store.ts'
import { showBackup } from '#domain/backups/show-backup.ts'
import { verifyBackup } from '#domain/backups/verify-backup.ts'
import { the, useLab } from '#domain/restore/testing.ts'
import type { LabTenant } from '#domain/restore/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { BackupSetId, TenantId } from '#foundation/kernel/ids.ts'

const lab = useLab()
const { database } = lab

async function damagedIn(tenant: LabTenant, backupSetId: BackupSetId): Promise<number> {
  await tenant.ended((await verifyBackup(database.db, tenant.ctx, { backupSetId })).runId)
  return the((await showBackup(database.db, tenant.ctx, { backupSetId })).verification).damagedItems
}

/** As somebody who may do anything to the database. */
async function asSuperuser(statement: ReturnType<typeof sql>): Promise<void> {
  await database.owner.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection)
    await statement.execute(connection)
    await sql`set session_replication_role = origin`.execute(connection)
  })
}

const assignmentsOf = (tenantId: TenantId) =>
  sql`select assignments_hash from snapshots where tenant_id = ${tenantId} and assignments_hash is not null`
const payloadsOf = (tenantId: TenantId) => sql`select payload_hash from snapshots where tenant_id = ${tenantId}`

describe('backup.capture after damage', () => {
  test.each([
    [
      'payloads with wrong content',
      (id: TenantId) =>
        sql`update snapshot_parts set body = '{"damaged":true}' where tenant_id = ${id} and hash in (${payloadsOf(id)})`,
    ],
    [
      'assignments with wrong content',
      (id: TenantId) =>
        sql`update snapshot_parts set body = '[]' where tenant_id = ${id} and hash in (${assignmentsOf(id)})`,
    ],
    [
      'assignments that are no JSON',
      (id: TenantId) =>
        sql`update snapshot_parts set body = '[{' where tenant_id = ${id} and hash in (${assignmentsOf(id)})`,
    ],
    ['parts that are gone', (id: TenantId) => sql`delete from snapshot_parts where tenant_id = ${id}`],
    [
      'snapshots that point to other parts',
      (id: TenantId) => sql`update snapshots set payload_hash = scope_tags_hash where tenant_id = ${id}`,
    ],
  ])('mends %s, for the new set and the old', async (_, damage) => {
    const tenant = await lab.tenant({ policies: 30 })
    const old = await tenant.backup()
    const groups = (await showBackup(database.db, tenant.ctx, { backupSetId: old })).completeness.groups
    await asSuperuser(damage(tenant.ctx.tenantId))
    expect(await damagedIn(tenant, old)).toBeGreaterThan(0)
    const renewed = await tenant.backup()
    expect(await showBackup(database.db, tenant.ctx, { backupSetId: renewed })).toMatchObject({
      state: 'complete',
      completeness: { groups },
    })
    expect(await damagedIn(tenant, renewed)).toBe(0)
    expect(await damagedIn(tenant, old)).toBe(0)
  })
})

describe('referencedGroupIds()', () => {
  test('reads on past assignments that were damaged since they were kept', async () => {
    const tenant = await lab.tenant({ policies: 30 })
    const { ctx } = tenant
    const backupSetId = await tenant.backup()
    const ids = () => inWorkspace(database.db, ctx, (tx) => referencedGroupIds(tx, ctx, { backupSetId }))
    const before = await ids()
    await asSuperuser(
      sql`update snapshot_parts set body = '[{' where tenant_id = ${ctx.tenantId} and hash = (
        select p.hash from snapshot_parts p
        where p.tenant_id = ${ctx.tenantId} and p.hash in (${assignmentsOf(ctx.tenantId)}) and p.body like '%groupId%'
        order by p.hash limit 1)`,
    )
    const after = await ids()
    expect(after).not.toHaveLength(0)
    expect(before).toEqual(expect.arrayContaining(after))
  })
})
