import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** Deletes entries older than that, the oldest first; answers how many. Nothing else ever deletes from the audit log. */
export async function removeOldEntries(
  tx: Tx,
  ctx: WorkspaceContext,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from audit_entries a
    where a.workspace_id = ${ctx.workspaceId} and a.id in (
      select o.id from audit_entries o
      where o.workspace_id = ${ctx.workspaceId} and o.at < statement_timestamp() - make_interval(days => ${days})
      order by o.at limit ${limit})`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
