import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface NewBackup {
  readonly note?: string
  /** Only these policy types; all when absent. */
  readonly types?: readonly PolicyType[]
  readonly trigger?: RunTrigger
}

/** Starts a backup of the tenant: the run's backup set is found by `backupSetOfRun`. */
export async function createBackup(
  db: Database,
  ctx: TenantContext,
  { note, types, trigger }: NewBackup = {},
): Promise<EnsuredRun> {
  return startRun(db, ctx, {
    type: 'backup.capture',
    input: { ...(note === undefined ? {} : { note }), ...(types === undefined ? {} : { types: [...types] }) },
    trigger: trigger ?? 'user',
  })
}
