import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/**
 * Deletes what was told of credentials so long ago, with its notifications and deliveries; answers how many. What was told
 * once is not told again for that: the credential itself knows.
 */
export async function removeOldNotices(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from credential_notices n
    where n.workspace_id = ${workspaceId} and n.id in (
      select o.id from credential_notices o
      where o.workspace_id = ${workspaceId} and o.created_at < statement_timestamp() - make_interval(days => ${days})
      limit ${limit})`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
