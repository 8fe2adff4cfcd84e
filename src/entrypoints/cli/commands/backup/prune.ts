import { previewPrune, pruneBackups } from '#domain/backups/prune-backups.ts'
import type { PruneDecision, PruneRule } from '#domain/backups/plan-prune.ts'
import { backupRuleOf } from '#domain/retention/backup-rule.ts'
import { countOf } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { pruneColumns } from '#entrypoints/cli/backups/prune-columns.ts'
import { pruneDocument } from '#entrypoints/documents/prune-document.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  keepLast?: string
  keepDays?: string
  dryRun?: true
}

/** Shows what would be removed; removes it once that is confirmed. */
export const backupPrune: Command<Options> = async (cli, _args, options) => {
  const asked = askedRule(options)
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const rule = await backupRuleOf(db, session.ctx, asked)
  const plan = await previewPrune(db, tenant, rule)
  const removed = plan.filter(({ keep }) => keep === null).length
  if (options.dryRun || cli.printer.isForPeople) await printPlan(cli.printer, plan, tenant.tenantName)
  if (options.dryRun) return
  if (removed === 0) return cli.terminal.say('Nothing to remove: every backup set is kept.')
  await confirm(cli, `This removes ${countOf(removed, 'backup set')} of "${tenant.tenantName}" for good.`)
  return await finish(cli, await answerStart(cli, session.product, session.ctx, await pruneBackups(db, tenant, rule)))
}

function askedRule({ keepLast, keepDays }: Options): PruneRule {
  return {
    ...(keepLast !== undefined && {
      keepLast: countOption(keepLast, '--keep-last', { min: 1, max: 10_000, default: 1 }),
    }),
    ...(keepDays !== undefined && {
      keepDays: countOption(keepDays, '--keep-days', { min: 1, max: 3650, default: 1 }),
    }),
  }
}

async function printPlan(printer: Parameters<Command>[0]['printer'], plan: readonly PruneDecision[], tenant: string) {
  await printer.list({
    items: plan.map(pruneDocument),
    columns: pruneColumns,
    empty: `No backup of "${tenant}" yet. Make one with \`tenantatlas backup create --tenant "${tenant}"\`.`,
  })
}
