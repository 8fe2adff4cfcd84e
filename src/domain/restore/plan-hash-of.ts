import { PlanHash } from '#domain/restore/plan-hash.ts'
import { planLines } from '#domain/restore/restores.store.ts'
import type { RestoreRun } from '#domain/restore/restore-run.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

const pageSize = 2_000

/** The hash of the plan as its rows are now. */
export async function planHashOf(
  tx: Tx,
  ctx: TenantContext,
  { id, mode }: Pick<RestoreRun, 'id' | 'mode'>,
): Promise<Buffer> {
  const hash = new PlanHash({ workspaceId: ctx.workspaceId, tenantId: ctx.tenantId, restoreRunId: id, mode })
  for (let after = -1; ;) {
    const lines = await planLines(tx, ctx, id, { after, limit: pageSize })
    hash.add(lines)
    const last = lines.at(-1)
    if (last === undefined || lines.length < pageSize) return hash.digest()
    after = last.ordinal
  }
}
