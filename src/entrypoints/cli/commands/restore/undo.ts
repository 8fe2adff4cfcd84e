import { undoRestore } from '#domain/restore/undo-restore.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { finishPlan } from '#entrypoints/cli/restores/finish-plan.ts'
import { restoreIdOf } from '#entrypoints/cli/restores/restore-id.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Undoing is a restore like any other: planned here, reviewed, then applied. */
export const restoreUndo: Command = async (cli, [text = '']) => {
  await using session = await openSession(cli)
  const tenant = await session.tenant()
  const { db } = session.product
  const planned = await undoRestore(db, tenant, { restoreRunId: await restoreIdOf(db, tenant, text) })
  return await finishPlan(cli, session, tenant, planned)
}
