import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import { isPolicyType } from '#graph/contracts/contract.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

/** Where a page of new policies ended. */
export interface NewPlace {
  readonly type: string
  readonly name: string
  readonly graphId: string
}

/** Policies of these types that are there as last observed and that the set does not list; all without a limit. */
export async function observedSince(
  tx: Tx,
  ctx: TenantContext,
  page: {
    readonly backupSetId: BackupSetId
    readonly types: readonly string[]
    readonly after?: NewPlace | null
    readonly limit?: number | null
  },
): Promise<{ readonly type: PolicyType; readonly graphId: string; readonly name: string }[]> {
  const { backupSetId, types, after = null, limit = null } = page
  const { rows } = await sql<{ type: string; graph_id: string; name: string }>`
    select p.type, p.graph_id, p.name from policies p
    where p.workspace_id = ${ctx.workspaceId} and p.tenant_id = ${ctx.tenantId}
      and p.type = any (${[...types]}::text[]) and p.missing_since is null
      and not exists (
        select from backup_items i
        where i.workspace_id = p.workspace_id and i.backup_set_id = ${backupSetId}
          and i.type = p.type and i.graph_id = p.graph_id)
      and ${after === null ? sql`true` : sql`(p.type, p.name, p.graph_id) > (${after.type}, ${after.name}, ${after.graphId})`}
    order by p.type, p.name, p.graph_id
    limit ${limit}
  `.execute(tx)
  return rows.flatMap(({ type, graph_id: graphId, name }) => (isPolicyType(type) ? [{ type, graphId, name }] : []))
}
