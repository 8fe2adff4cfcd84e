import { sql } from 'kysely'
import type { BackupState } from '#domain/backups/backup-set.ts'
import type { PrunableSet } from '#domain/backups/plan-prune.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId, type BackupSetId } from '#foundation/kernel/ids.ts'

/** All sets of the tenant, the newest first, and the time it is. */
export async function prunableSets(
  tx: Tx,
  ctx: TenantContext,
): Promise<{ readonly sets: readonly PrunableSet[]; readonly now: Date }> {
  const { rows } = await sql<{
    id: string
    state: BackupState
    created_at: Date
    pinned: boolean
    in_use: boolean
    now: Date
  }>`
    select b.id, b.created_at, b.pinned_at is not null as pinned, clock_timestamp() as now,
      -- A capture that ended without closing its set left one that is not captured any further.
      case when b.state = 'capturing' and l.run_id is null then 'failed' else b.state end as state,
      exists (select from restore_runs r where r.workspace_id = b.workspace_id and r.backup_set_id = b.id) as in_use
    from backup_sets b
    left join live_runs l on l.workspace_id = b.workspace_id and l.run_id = b.run_id
    where b.workspace_id = ${ctx.workspaceId} and b.tenant_id = ${ctx.tenantId}
    order by b.created_at desc, b.id desc`.execute(tx)
  const sets = rows.map((row) => ({
    id: asId<BackupSetId>(row.id),
    state: row.state,
    createdAt: row.created_at,
    isPinned: row.pinned,
    isInUse: row.in_use,
  }))
  return { sets, now: rows[0]?.now ?? new Date(0) }
}

/**
 * Deletes a set with its items, unless it was pinned or a restore was planned from it meanwhile: the lock waits for both,
 * and the second statement sees what they committed.
 */
export async function deleteSet(tx: Tx, ctx: TenantContext, id: BackupSetId): Promise<boolean> {
  await sql`
    select from backup_sets
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${id} for update`.execute(tx)
  const { numAffectedRows } = await sql`
    delete from backup_sets b
    where b.workspace_id = ${ctx.workspaceId} and b.tenant_id = ${ctx.tenantId} and b.id = ${id} and b.pinned_at is null
      and not exists (select from restore_runs r where r.workspace_id = b.workspace_id and r.backup_set_id = b.id)
  `.execute(tx)
  return numAffectedRows === 1n
}

/** Whether a backup of the tenant is being captured: it counts on the snapshots that are there. */
export async function isCapturing(tx: Tx, ctx: TenantContext): Promise<boolean> {
  const { rows } = await sql`
    select from backup_sets b
    join live_runs l on l.workspace_id = b.workspace_id and l.run_id = b.run_id
    where b.workspace_id = ${ctx.workspaceId} and b.tenant_id = ${ctx.tenantId} and b.state = 'capturing'
    limit 1`.execute(tx)
  return rows.length > 0
}

export interface Swept {
  /** Where the next page begins; null at the end. */
  readonly after: Buffer | null
  readonly removed: number
}

/** One page of the tenant's snapshots in the order of their hashes: deletes those that no set holds. */
export async function sweepSnapshots(tx: Tx, ctx: TenantContext, page: SweepPage): Promise<Swept> {
  const { rows } = await sql<{ id: string; hash: Buffer }>`
    select id, hash from snapshots
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and hash > ${page.after}
    order by hash limit ${page.limit}`.execute(tx)
  const { numAffectedRows } = await sql`
    delete from snapshots s
    where s.workspace_id = ${ctx.workspaceId} and s.tenant_id = ${ctx.tenantId}
      and s.id = any (${rows.map(({ id }) => id)}::uuid[])
      and not exists (select from backup_items i where i.workspace_id = s.workspace_id and i.snapshot_id = s.id)
  `.execute(tx)
  return swept(rows, page, numAffectedRows)
}

/** The same for the texts that no snapshot is made of any more. */
export async function sweepParts(tx: Tx, ctx: TenantContext, page: SweepPage): Promise<Swept> {
  const { rows } = await sql<{ hash: Buffer }>`
    select hash from snapshot_parts
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and hash > ${page.after}
    order by hash limit ${page.limit}`.execute(tx)
  const uses = (column: 'payload_hash' | 'assignments_hash' | 'scope_tags_hash') => sql`
    exists (select from snapshots s
      where s.workspace_id = p.workspace_id and s.tenant_id = p.tenant_id and ${sql.ref(`s.${column}`)} = p.hash)`
  const { numAffectedRows } = await sql`
    delete from snapshot_parts p
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId}
      and p.hash = any (${rows.map(({ hash }) => hash)}::bytea[])
      and not ${uses('payload_hash')} and not ${uses('assignments_hash')} and not ${uses('scope_tags_hash')}
  `.execute(tx)
  return swept(rows, page, numAffectedRows)
}

export interface SweepPage {
  readonly after: Buffer
  readonly limit: number
}

function swept(rows: readonly { readonly hash: Buffer }[], { limit }: SweepPage, removed = 0n): Swept {
  return { after: rows.length < limit ? null : (rows.at(-1)?.hash ?? null), removed: Number(removed) }
}
