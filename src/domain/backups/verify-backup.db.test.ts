import { describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { readSnapshot, checkedItems } from '#domain/backups/read-snapshot.ts'
import { showBackup } from '#domain/backups/show-backup.ts'
import { verifyBackup } from '#domain/backups/verify-backup.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { the, useLab } from '#domain/restore/testing.ts'
import type { LabTenant } from '#domain/restore/testing.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

const lab = useLab()
const { database } = lab

async function verified(tenant: LabTenant, backupSetId: BackupSetId): Promise<RunView> {
  const { runId } = await verifyBackup(database.db, tenant.ctx, { backupSetId })
  return tenant.ended(runId)
}

async function damagedKeys(tenant: LabTenant, run: RunView): Promise<string[]> {
  const { items } = await listRunItems(database.db, tenant.ctx, run.id, { limit: 1_000 })
  return items.filter(({ outcome }) => outcome === 'failed').map(({ key }) => key)
}

/** As somebody who may do anything to the database. */
async function asSuperuser(...statements: ReturnType<typeof sql>[]): Promise<void> {
  await database.owner.connection().execute(async (connection) => {
    await sql`set session_replication_role = replica`.execute(connection)
    for (const statement of statements) await statement.execute(connection)
    await sql`set session_replication_role = origin`.execute(connection)
  })
}

const aPolicy = { type: 'configurationPolicies' } as const

async function givenBackup() {
  const tenant = await lab.tenant({ policies: 60 })
  const backupSetId = await tenant.backup()
  const policies = [...(await tenant.truth()).values()].filter(({ type }) => type === aPolicy.type)
  return { tenant, backupSetId, policies }
}

describe('backup.verify', () => {
  test('finds an untouched set intact', async () => {
    const { tenant, backupSetId } = await givenBackup()
    const run = await verified(tenant, backupSetId)
    expect(run).toMatchObject({
      outcome: 'succeeded',
      counts: { failed: 0 },
      context: { damagedItems: 0, manifestHolds: true },
    })
    expect((await showBackup(database.db, tenant.ctx, { backupSetId })).verification).toMatchObject({ damagedItems: 0 })
  })

  test('finds a flipped byte, names the policy, and leaves the others usable', async () => {
    const { tenant, backupSetId, policies } = await givenBackup()
    const [victim, other] = policies
    await asSuperuser(sql`
      update snapshot_parts p set body = overlay(p.body placing case when substr(p.body, 20, 1) = 'a' then 'b' else 'a' end from 20)
      from backup_items i join snapshots s on s.id = i.snapshot_id
      where i.backup_set_id = ${backupSetId} and i.graph_id = ${the(victim).graphId}
        and p.tenant_id = s.tenant_id and p.hash = s.payload_hash`)
    const run = await verified(tenant, backupSetId)
    expect(run).toMatchObject({
      outcome: 'failed',
      counts: { failed: 1, damaged: 1 },
      failures: [
        {
          code: 'backup.damaged',
          reason: 'damaged',
          message: `"${the(victim).name}" (Settings catalog policy): settings are damaged. A new backup heals what the tenant still has.`,
          sample: `${the(victim).name} (Settings catalog policy)`,
        },
      ],
    })
    await expect(readSnapshot(database.db, tenant.ctx, { backupSetId, ...the(victim) })).rejects.toMatchObject({
      reason: 'damaged',
    })
    expect(await readSnapshot(database.db, tenant.ctx, { backupSetId, ...the(other) })).toMatchObject({
      name: the(other).name,
    })
  })

  test('finds parts that are gone', async () => {
    const { tenant, backupSetId, policies } = await givenBackup()
    await asSuperuser(sql`
      delete from snapshot_parts p using backup_items i, snapshots s
      where i.backup_set_id = ${backupSetId} and i.graph_id = ${the(policies[0]).graphId} and s.id = i.snapshot_id
        and p.tenant_id = s.tenant_id and p.hash = s.payload_hash`)
    expect(await damagedKeys(tenant, await verified(tenant, backupSetId))).toEqual([
      `${aPolicy.type}/${the(policies[0]).graphId}`,
    ])
  })

  test('finds snapshots exchanged between two policies', async () => {
    const { tenant, backupSetId, policies } = await givenBackup()
    const [a, b] = policies
    await asSuperuser(sql`
      update backup_items i set snapshot_id = o.snapshot_id from backup_items o
      where i.backup_set_id = ${backupSetId} and o.backup_set_id = i.backup_set_id and i.type = o.type
        and (i.graph_id, o.graph_id) in ((${the(a).graphId}, ${the(b).graphId}), (${the(b).graphId}, ${the(a).graphId}))`)
    const keys = await damagedKeys(tenant, await verified(tenant, backupSetId))
    expect(keys.toSorted()).toEqual(
      [`${aPolicy.type}/${the(a).graphId}`, `${aPolicy.type}/${the(b).graphId}`, 'manifest'].toSorted(),
    )
  })

  test('finds a snapshot of another tenant in its place', async () => {
    const { tenant, backupSetId, policies } = await givenBackup()
    const foreign = await givenBackup()
    await asSuperuser(
      sql`
        update snapshots s set tenant_id = ${tenant.ctx.tenantId}, workspace_id = ${tenant.ctx.workspaceId}
        from backup_items i
        where i.backup_set_id = ${foreign.backupSetId} and i.graph_id = ${the(foreign.policies[0]).graphId} and s.id = i.snapshot_id`,
      sql`
        update backup_items i set snapshot_id = o.snapshot_id from backup_items o
        where i.backup_set_id = ${backupSetId} and i.graph_id = ${the(policies[0]).graphId}
          and o.backup_set_id = ${foreign.backupSetId} and o.graph_id = ${the(foreign.policies[0]).graphId}`,
    )
    expect(await damagedKeys(tenant, await verified(tenant, backupSetId))).toContain(
      `${aPolicy.type}/${the(policies[0]).graphId}`,
    )
  })

  test.each([
    [
      'an item that was removed',
      (id: string, graphId: string) =>
        sql`delete from backup_items where backup_set_id = ${id} and graph_id = ${graphId}`,
    ],
    [
      'an item that was renamed',
      (id: string, graphId: string) =>
        sql`update backup_items set name = 'x' where backup_set_id = ${id} and graph_id = ${graphId}`,
    ],
    ['completeness that was changed', (id: string) => sql`update backup_sets set completeness = '{}' where id = ${id}`],
  ])('finds %s by the manifest', async (_, tamper) => {
    const { tenant, backupSetId, policies } = await givenBackup()
    await asSuperuser(tamper(backupSetId, the(policies[0]).graphId))
    const run = await verified(tenant, backupSetId)
    expect(run.outcome).toBe('failed')
    expect(await damagedKeys(tenant, run)).toContain('manifest')
  })

  test('does not know the set of another tenant', async () => {
    const { backupSetId } = await givenBackup()
    const stranger = await lab.tenant({ policies: 1 })
    await expect(verifyBackup(database.db, stranger.ctx, { backupSetId })).rejects.toMatchObject({
      reason: 'not_found',
    })
  })
})

describe('checkedItems()', () => {
  test('gives every item once, in one order, however many pages', async () => {
    const tenant = await lab.tenant({ policies: 450 })
    const backupSetId = await tenant.backup()
    const keys: string[] = []
    for await (const page of checkedItems(database.db, tenant.ctx, { backupSetId })) {
      keys.push(...page.map(({ type, graphId }) => `${type} ${graphId}`))
    }
    const { counts } = await showBackup(database.db, tenant.ctx, { backupSetId })
    expect(new Set(keys).size).toBe(counts.policies + counts.foundations)
    expect(keys).toEqual(keys.toSorted())
  })
})
