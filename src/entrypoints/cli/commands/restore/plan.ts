import type { RestoreDocument } from '#contract/api/restores.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { findBackup } from '#entrypoints/cli/find-backup.ts'
import { finishPlan } from '#entrypoints/cli/restores/finish-plan.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  backup?: string
  mode?: RestoreDocument['mode']
  type?: string[]
}

/** Policies are named as the backup knows them: one that the tenant has lost since is found, too. */
export const restorePlan: Command<Options> = async (cli, names, { backup, mode, type: types }) => {
  const session = await openSession(cli)
  const { api, at } = session
  const tenant = await session.tenant()
  const { id } = await findBackup(session, tenant, backup)
  const found = await Promise.all(names.map((name) => api.backups.findPolicy({ ...at, backup: id, name })))
  const policies = found.map(({ type, graphId }) => ({ type, graphId }))
  const planned = await api.restores.plan({
    ...tenant.at,
    backup: id,
    ...(mode && { mode }),
    ...(policies.length > 0 && { policies }),
    ...(types && { types }),
  })
  return finishPlan(cli, session, planned)
}
