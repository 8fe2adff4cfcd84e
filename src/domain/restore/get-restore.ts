import { restoreById } from '#domain/restore/restores.store.ts'
import type { RestoreRun } from '#domain/restore/restore-run.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'

/** A restore run of this tenant. @throws Failure `not_found`, also for one of another tenant or workspace. */
export async function getRestore(tx: Tx, ctx: TenantContext, id: RestoreRunId): Promise<RestoreRun> {
  const restore = isUuid(id) ? await restoreById(tx, ctx, id) : undefined
  if (restore) return restore
  throw new Failure('not_found', `Tenant "${ctx.tenantName}" has no restore run ${id}.`)
}
