import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext, TenantPlace, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { TenantId, TenantRef } from '#foundation/kernel/ids.ts'
import type { TenantHealth, TenantOverview } from '#domain/workspaces/workspace.ts'

export interface TenantRow extends TenantPlace {
  readonly entraTenantId: string
}

/** All tenants of the workspace by name, archived ones only when asked for. */
export async function allTenants(
  tx: Tx,
  ctx: WorkspaceContext,
  { withArchived = false }: { readonly withArchived?: boolean } = {},
): Promise<TenantRow[]> {
  const rows = await tx
    .selectFrom('tenants')
    .where('workspace_id', '=', ctx.workspaceId)
    .$if(!withArchived, (q) => q.where('archived_at', 'is', null))
    .select(['workspace_id', 'id', 'external_id', 'entra_tenant_id', 'name'])
    .orderBy('name')
    .execute()
  return rows.map((row) => ({
    ...placeOf(row),
    entraTenantId: row.entra_tenant_id,
  }))
}

/** Whether the row is new: name and Entra tenant id are unique in a workspace. */
export async function insertTenant(
  tx: Tx,
  ctx: WorkspaceContext,
  tenant: Omit<TenantRow, 'workspaceId'>,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('tenants')
    .values({
      workspace_id: ctx.workspaceId,
      id: tenant.id,
      external_id: tenant.ref,
      entra_tenant_id: tenant.entraTenantId,
      name: tenant.name,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

interface OverviewRow {
  external_id: string
  entra_tenant_id: string
  name: string
  cloud: string | null
  verified: string | null
  policies: number
  last_sync_at: Date | null
  last_backup_at: Date | null
  active_runs: number
  created_at: Date
  archived_at: Date | null
}

/**
 * What lists show of each tenant, in one statement: the tenants, and beside each a few index look-ups, so it costs the
 * same whatever the length of the history.
 */
export async function tenantOverviews(
  tx: Tx,
  ctx: WorkspaceContext,
  which: { readonly tenantId?: TenantId; readonly isArchived?: boolean } = {},
): Promise<TenantOverview[]> {
  const { tenantId, isArchived = false } = which
  const open = ctx.admission?.tenantIds ?? null
  const those = tenantId === undefined ? sql`(t.archived_at is not null) = ${isArchived}` : sql`t.id = ${tenantId}`
  const { rows } = await sql<OverviewRow>`
    select t.external_id, t.entra_tenant_id, t.name, t.created_at, t.archived_at, c.cloud,
      (select r.outcome from operation_runs r
        where r.workspace_id = t.workspace_id and r.tenant_id = t.id and r.type = 'connection.verify'
          and r.outcome <> 'pending' and r.created_at >= c.changed_at
        order by r.created_at desc, r.id limit 1) as verified,
      (select count(*)::int from policies p
        where p.workspace_id = t.workspace_id and p.tenant_id = t.id and p.missing_since is null) as policies,
      (select r.completed_at from operation_runs r
        where r.workspace_id = t.workspace_id and r.tenant_id = t.id and r.type = 'inventory.sync'
          and r.outcome in ('succeeded', 'partially_succeeded')
        order by r.created_at desc, r.id limit 1) as last_sync_at,
      (select s.completed_at from backup_sets s
        where s.workspace_id = t.workspace_id and s.tenant_id = t.id and s.state in ('complete', 'partial')
        order by s.created_at desc limit 1) as last_backup_at,
      (select count(*)::int from live_runs l where l.workspace_id = t.workspace_id and l.lane = t.id) as active_runs
    from tenants t
    left join connections c on c.workspace_id = t.workspace_id and c.tenant_id = t.id
    where t.workspace_id = ${ctx.workspaceId} and ${those} and (${open}::uuid[] is null or t.id = any (${open}))
    order by t.name`.execute(tx)
  return rows.map(toOverview)
}

function toOverview(row: OverviewRow): TenantOverview {
  return {
    tenantRef: asId(row.external_id),
    entraTenantId: row.entra_tenant_id,
    name: row.name,
    cloud: row.cloud,
    health: healthOf(row),
    policies: row.policies,
    lastSyncAt: row.last_sync_at,
    lastBackupAt: row.last_backup_at,
    activeRuns: row.active_runs,
    createdAt: row.created_at,
    archivedAt: row.archived_at,
  }
}

function healthOf({ cloud, verified }: Pick<OverviewRow, 'cloud' | 'verified'>): TenantHealth {
  if (cloud === null) return 'not_connected'
  if (verified === 'succeeded') return 'healthy'
  if (verified === 'partially_succeeded') return 'limited'
  if (verified === 'failed' || verified === 'blocked') return 'failing'
  return 'unverified'
}

/** Locks the tenant's row until the transaction ends. */
export async function lockTenant(
  tx: Tx,
  ctx: TenantContext,
): Promise<{ readonly name: string; readonly isArchived: boolean }> {
  const row = await tx
    .selectFrom('tenants')
    .select(['name', 'archived_at'])
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', ctx.tenantId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { name: row.name, isArchived: row.archived_at !== null }
}

/** Another name or another state of a tenant. @throws a unique violation when the name is taken */
export async function setTenant(
  tx: Tx,
  ctx: TenantContext,
  to: { readonly name: string } | { readonly isArchived: boolean },
): Promise<void> {
  await tx
    .updateTable('tenants')
    .set('name' in to ? { name: to.name } : { archived_at: to.isArchived ? sql<Date>`clock_timestamp()` : null })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', ctx.tenantId)
    .execute()
}

export async function archivedTenant(
  tx: Tx,
  ctx: WorkspaceContext,
  ref: TenantRef,
): Promise<TenantContext | undefined> {
  const row = await tx
    .selectFrom('tenants')
    .select(['workspace_id', 'id', 'external_id', 'name'])
    .where('workspace_id', '=', ctx.workspaceId)
    .where('external_id', '=', ref)
    .where('archived_at', 'is not', null)
    .executeTakeFirst()
  return row && ctx.inTenant(placeOf(row))
}

function placeOf(row: { workspace_id: string; id: string; external_id: string; name: string }): TenantPlace {
  return { workspaceId: asId(row.workspace_id), id: asId(row.id), ref: asId(row.external_id), name: row.name }
}
