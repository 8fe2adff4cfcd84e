import { recordAudit } from '#domain/audit/record-audit.ts'
import { pauseAllSchedules } from '#domain/schedules/pause-schedule.ts'
import { changeSetting } from '#domain/workspaces/change-setting.ts'
import { lockWorkspace, setWorkspace, workspaceView } from '#domain/workspaces/workspaces.store.ts'
import type { WorkspaceView } from '#domain/workspaces/workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** The workspace itself. */
export async function showWorkspace(db: Database, ctx: WorkspaceContext): Promise<WorkspaceView> {
  return inWorkspace(db, ctx, (tx) => workspaceView(tx, ctx))
}

/**
 * Gives the workspace another name; its short name stays, so that addresses do. `check` sees it as it is, locked, and
 * refuses by throwing.
 */
export async function renameWorkspace(
  db: Database,
  ctx: WorkspaceContext,
  name: string,
  check: (current: WorkspaceView) => void = () => undefined,
): Promise<WorkspaceView> {
  return changeSetting(db, ctx, {
    change: { name },
    settingOf: (workspace) => workspace.name,
    action: 'workspace.rename',
    check,
  })
}

/**
 * Archives the workspace: members can read it, nobody can change it, and the schedules people made are paused.
 * @throws Failure `invalid_state` while something runs in it
 */
export async function archiveWorkspace(db: Database, ctx: WorkspaceContext): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    await lockWorkspace(tx, ctx)
    const { name } = await workspaceView(tx, ctx)
    const active = await tx
      .selectFrom('live_runs')
      .select((eb) => eb.fn.countAll<number>().as('runs'))
      .where('workspace_id', '=', ctx.workspaceId)
      .executeTakeFirstOrThrow()
    if (active.runs > 0)
      throw new Failure('invalid_state', `${active.runs} operations have not ended: wait for them or cancel them.`)
    await setWorkspace(tx, ctx, { isArchived: true })
    await pauseAllSchedules(tx, ctx)
    await recordAudit(tx, ctx, {
      action: 'workspace.archive',
      subject: { kind: 'workspace', id: ctx.workspaceId },
      outcome: 'succeeded',
      detail: { name },
    })
  })
}

/** Brings an archived workspace back; its schedules stay paused. @throws Failure `invalid_state` when it is not archived */
export async function unarchiveWorkspace(db: Database, ctx: WorkspaceContext): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    await lockWorkspace(tx, ctx)
    const { name, archivedAt } = await workspaceView(tx, ctx)
    if (archivedAt === null) throw new Failure('invalid_state', `The workspace "${name}" is not archived.`)
    await setWorkspace(tx, ctx, { isArchived: false })
    await recordAudit(tx, ctx, {
      action: 'workspace.unarchive',
      subject: { kind: 'workspace', id: ctx.workspaceId },
      outcome: 'succeeded',
      detail: { name },
    })
  })
}
