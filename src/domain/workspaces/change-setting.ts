import { recordAudit } from '#domain/audit/record-audit.ts'
import type { WorkspaceView } from '#domain/workspaces/workspace.ts'
import { lockWorkspace, setWorkspace, workspaceView } from '#domain/workspaces/workspaces.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

interface SettingChange {
  readonly change: { readonly name: string } | { readonly restoreApprovalLimit: number | null }
  /** What of the workspace it changes, for the entry in the audit log. */
  readonly settingOf: (workspace: WorkspaceView) => string | number | null
  readonly action: string
  /** Sees the workspace as it is, locked, and refuses by throwing. */
  readonly check: (current: WorkspaceView) => void
}

/** Changes one thing of the workspace, with one entry in the audit log that says from what to what. */
export async function changeSetting(
  db: Database,
  ctx: WorkspaceContext,
  { change, settingOf, action, check }: SettingChange,
): Promise<WorkspaceView> {
  return inWorkspace(db, ctx, async (tx) => {
    await lockWorkspace(tx, ctx)
    const before = await workspaceView(tx, ctx)
    check(before)
    await setWorkspace(tx, ctx, change)
    const after = { ...before, ...change }
    await recordAudit(tx, ctx, {
      action,
      subject: { kind: 'workspace', id: ctx.workspaceId },
      outcome: 'succeeded',
      detail: { from: settingOf(before), to: settingOf(after) },
    })
    return after
  })
}
