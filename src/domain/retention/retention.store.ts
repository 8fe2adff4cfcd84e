import { sql } from 'kysely'
import { retentionDefaults, type RetentionSettings } from '#domain/retention/retention-settings.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type TenantId } from '#foundation/kernel/ids.ts'

/** The settings of the workspace; the defaults where nobody changed them. */
export async function readSettings(tx: Tx, ctx: WorkspaceContext): Promise<RetentionSettings> {
  const row = await tx
    .selectFrom('retention_settings')
    .select(['runs_days', 'audit_days', 'backups_keep_last', 'backups_keep_days'])
    .where('workspace_id', '=', ctx.workspaceId)
    .executeTakeFirst()
  if (row === undefined) return retentionDefaults
  return {
    runsDays: row.runs_days,
    auditDays: row.audit_days,
    backupsKeepLast: row.backups_keep_last,
    backupsKeepDays: row.backups_keep_days,
  }
}

/** Makes sure that there is a row, and locks it until the transaction ends: of two changes one waits. */
export async function lockSettings(tx: Tx, ctx: WorkspaceContext): Promise<void> {
  await sql`
    insert into retention_settings (workspace_id) values (${ctx.workspaceId})
    on conflict (workspace_id) do update set changed_at = retention_settings.changed_at`.execute(tx)
}

export async function writeSettings(tx: Tx, ctx: WorkspaceContext, settings: RetentionSettings): Promise<void> {
  await tx
    .updateTable('retention_settings')
    .set({
      runs_days: settings.runsDays,
      audit_days: settings.auditDays,
      backups_keep_last: settings.backupsKeepLast,
      backups_keep_days: settings.backupsKeepDays,
      changed_at: sql<Date>`clock_timestamp()`,
    })
    .where('workspace_id', '=', ctx.workspaceId)
    .execute()
}

/** The tenants that have backups, in the order of their ids. */
export async function tenantsWithBackups(tx: Tx, ctx: WorkspaceContext): Promise<TenantId[]> {
  const { rows } = await sql<{ id: string }>`
    select t.id from tenants t
    where t.workspace_id = ${ctx.workspaceId} and t.archived_at is null and exists (
      select from backup_sets b where b.workspace_id = t.workspace_id and b.tenant_id = t.id)
    order by t.id`.execute(tx)
  return rows.map(({ id }) => asId(id))
}
