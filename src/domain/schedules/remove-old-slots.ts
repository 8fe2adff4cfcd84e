import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** Deletes what is kept of slots decided longer ago than that; answers how many. Their schedules are long past them. */
export async function removeOldSlots(
  tx: Tx,
  ctx: WorkspaceContext,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from schedule_slots s
    where s.workspace_id = ${ctx.workspaceId} and (s.schedule_id, s.scheduled_for) in (
      select o.schedule_id, o.scheduled_for from schedule_slots o
      where o.workspace_id = ${ctx.workspaceId} and o.decided_at < statement_timestamp() - make_interval(days => ${days})
      limit ${limit})`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}
