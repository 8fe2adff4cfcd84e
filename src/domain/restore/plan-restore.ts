import { holdSet } from '#domain/backups/hold-set.ts'
import { itemsNotIn } from '#domain/backups/items-not-in.ts'
import { ensureRun } from '#domain/operations/ensure-run.ts'
import { wakeWorkers } from '#domain/operations/wake.ts'
import type { RunTrigger } from '#domain/operations/operation.ts'
import { insertRestore, setPreviewRun } from '#domain/restore/restores.store.ts'
import type { NewRestore } from '#domain/restore/restores.store.ts'
import type { PolicyRef, RestoreMode, RestoreScope } from '#domain/restore/restore-run.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId, RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface RestorePlanInput {
  readonly backupSetId: BackupSetId
  readonly mode: RestoreMode
  /** Only these policies, or all of these types; everything in the set when neither is given. */
  readonly policies?: readonly PolicyRef[]
  readonly types?: readonly PolicyType[]
  /** Leave policies out of the plan that are equal already. */
  readonly onlyChanged?: boolean
  readonly trigger?: RunTrigger
}

export interface PlannedRestore {
  readonly restoreRunId: RestoreRunId
  /** The run that makes the preview. */
  readonly previewRunId: RunId
}

/**
 * Plans a restore from a backup set: makes the restore run and starts its preview. Nothing is written to the tenant
 * before the plan is confirmed.
 * @throws Failure `not_found` for a set or policy the tenant does not have, `invalid_state` for a set that is not done,
 * `conflict` for one that is pruned at the same moment.
 */
export async function planRestore(db: Database, ctx: TenantContext, input: RestorePlanInput): Promise<PlannedRestore> {
  const planned = await inWorkspace(db, ctx, async (tx) => {
    const set = await holdSet(tx, ctx, input.backupSetId)
    if (set.state === 'capturing')
      throw new Failure('invalid_state', 'This backup is still being made; plan when it is done.')
    if (set.state === 'failed') throw new Failure('invalid_state', 'This backup failed; restore from another one.')
    const scope = await scopeOf(tx, ctx, input)
    const restore = {
      mode: input.mode,
      source: { backupSetId: set.id },
      scope,
      onlyChanged: input.onlyChanged ?? false,
    }
    return startPreview(tx, ctx, restore, input.trigger ?? 'user')
  })
  wakeWorkers(db)
  return planned
}

async function scopeOf(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, policies, types }: RestorePlanInput,
): Promise<RestoreScope> {
  if (policies !== undefined && types !== undefined)
    throw new Failure('invalid_input', 'Give policies or types, not both.')
  if (types !== undefined) return { kind: 'types', types: [...new Set(types)] }
  if (policies === undefined) return { kind: 'all' }
  const distinct = [...new Map(policies.map(({ type, graphId }) => [`${type}/${graphId}`, { type, graphId }])).values()]
  if (distinct.length === 0) throw new Failure('invalid_input', 'Name at least one policy.')
  const unknown = await itemsNotIn(tx, ctx, { backupSetId, items: distinct })
  if (unknown.length === 0) return { kind: 'policies', policies: distinct }
  const ids = unknown.slice(0, 5).map(({ type, graphId }) => `${type} ${graphId}`)
  throw new Failure('not_found', `The backup set does not hold ${ids.join(', ')}.`)
}

/** Makes the restore run and starts its preview; the caller wakes workers after the commit. */
export async function startPreview(
  tx: Tx,
  ctx: TenantContext,
  restore: NewRestore,
  trigger: RunTrigger,
): Promise<PlannedRestore> {
  const restoreRunId = await insertRestore(tx, ctx, restore)
  const { runId } = await ensureRun(tx, ctx, {
    type: 'restore.preview',
    input: { restoreRunId },
    trigger,
    context: { restoreRunId },
  })
  await setPreviewRun(tx, ctx, restoreRunId, runId)
  return { restoreRunId, previewRunId: runId }
}
