import { changeSetting } from '#domain/workspaces/change-setting.ts'
import { holdWorkspace, restoreLimitOf } from '#domain/workspaces/workspaces.store.ts'
import type { WorkspaceView } from '#domain/workspaces/workspace.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** How many policies one person may have written without a second one; null: as many as they like. */
export async function restoreLimit(tx: Tx, ctx: WorkspaceContext): Promise<number | null> {
  return restoreLimitOf(tx, ctx)
}

/** The same, and it stays so until the transaction ends. */
export async function heldRestoreLimit(tx: Tx, ctx: WorkspaceContext): Promise<number | null> {
  await holdWorkspace(tx, ctx)
  return restoreLimitOf(tx, ctx)
}

/**
 * Changes how many policies one person may have written alone, for every plan that is not being executed yet. `check` sees
 * the workspace as it is, locked, and refuses by throwing.
 */
export async function changeRestoreLimit(
  db: Database,
  ctx: WorkspaceContext,
  limit: number | null,
  check: (current: WorkspaceView) => void = () => undefined,
): Promise<WorkspaceView> {
  return changeSetting(db, ctx, {
    change: { restoreApprovalLimit: limit },
    settingOf: ({ restoreApprovalLimit }) => restoreApprovalLimit,
    action: 'workspace.restore_limit',
    check,
  })
}
