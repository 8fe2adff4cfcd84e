import type { PruneDocument } from '#contract/api/backups.ts'
import { countOf } from '#contract/moments.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { pruneColumns } from '#entrypoints/cli/backups/prune-columns.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { allPages } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  keepLast?: string
  keepDays?: string
  dryRun?: true
}

/** Shows what would be removed; removes it once that is confirmed. */
export const backupPrune: Command<Options> = async (cli, _args, options) => {
  const rule = askedRule(options)
  const session = await openSession(cli)
  const { backups } = session.api
  const tenant = await session.tenant()
  const plan = await allPages((page) => backups.prunePlan({ ...tenant.at, ...rule, ...page }))
  const removed = plan.filter(({ isRemoved }) => isRemoved).length
  if (options.dryRun || cli.printer.isForPeople) await printPlan(cli, plan, tenant.name)
  if (options.dryRun) return
  if (removed === 0) return cli.terminal.say('Nothing to remove: every backup set is kept.')
  await confirm(cli, `This removes ${countOf(removed, 'backup set')} of "${tenant.name}" for good.`)
  const started = await backups.prune({ ...tenant.at, ...rule, reviewed: true })
  return finish(cli, await answerStart(cli, session, started))
}

/** Of the workspace where none is asked for. */
function askedRule({ keepLast, keepDays }: Options): { keepLast?: number; keepDays?: number } {
  return {
    ...(keepLast !== undefined && {
      keepLast: countOption(keepLast, '--keep-last', { min: 1, max: 10_000, default: 1 }),
    }),
    ...(keepDays !== undefined && {
      keepDays: countOption(keepDays, '--keep-days', { min: 1, max: 3650, default: 1 }),
    }),
  }
}

async function printPlan({ printer }: Cli, plan: readonly PruneDocument[], tenant: string): Promise<void> {
  await printer.list({
    items: plan,
    columns: pruneColumns,
    empty: `No backup of "${tenant}" yet. Make one with \`tenantatlas backup create --tenant "${tenant}"\`.`,
  })
}
