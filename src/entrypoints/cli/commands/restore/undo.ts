import type { Command } from '#entrypoints/cli/cli.ts'
import { findRestore } from '#entrypoints/cli/restores/find-restore.ts'
import { finishPlan } from '#entrypoints/cli/restores/finish-plan.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Undoing is a restore like any other: planned here, reviewed, then applied. */
export const restoreUndo: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const { id } = await findRestore(session, tenant, text)
  const planned = await session.api.restores.undo({ ...session.at, restore: id })
  return finishPlan(cli, session, planned)
}
