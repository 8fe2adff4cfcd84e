import { previewPrune, pruneBackups } from '#domain/backups/prune-backups.ts'
import type { PruneDecision, PruneRule } from '#domain/backups/plan-prune.ts'
import { showRetention } from '#domain/retention/change-retention.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { countOf } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { pruneColumns, pruneDocument } from '#entrypoints/cli/backups/prune-document.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { countOption } from '#entrypoints/cli/options.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { finish } from '#entrypoints/cli/runs/finish.ts'
import { openSession, type Session } from '#entrypoints/cli/session.ts'

interface Options {
  keepLast?: string
  keepDays?: string
  dryRun?: true
}

/** Shows what would be removed; removes it once that is confirmed. */
export const backupPrune: Command<Options> = async (cli, _args, options) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const rule = await ruleOf(session, options)
  const plan = await previewPrune(db, tenant, rule)
  const removed = plan.filter(({ keep }) => keep === null).length
  if (options.dryRun || cli.printer.isForPeople) await printPlan(cli.printer, plan, tenant.tenantName)
  if (options.dryRun) return
  if (removed === 0) return cli.terminal.say('Nothing to remove: every backup set is kept.')
  await confirm(cli, `This removes ${countOf(removed, 'backup set')} of "${tenant.tenantName}" for good.`)
  return await finish(cli, await answerStart(cli, session.product, session.ctx, await pruneBackups(db, tenant, rule)))
}

/** As the options say, else as the workspace keeps backups. */
async function ruleOf({ product, ctx }: Session, { keepLast, keepDays }: Options): Promise<PruneRule> {
  if (keepLast !== undefined || keepDays !== undefined) {
    return {
      ...(keepLast !== undefined && {
        keepLast: countOption(keepLast, '--keep-last', { min: 1, max: 10_000, default: 1 }),
      }),
      ...(keepDays !== undefined && {
        keepDays: countOption(keepDays, '--keep-days', { min: 1, max: 3650, default: 1 }),
      }),
    }
  }
  const { backupsKeepLast, backupsKeepDays } = await showRetention(product.db, ctx)
  if (backupsKeepLast === null && backupsKeepDays === null) {
    throw new Failure(
      'missing_configuration',
      'This workspace keeps all backups. Give --keep-last or --keep-days, or set a rule with `tenantatlas retention set`.',
    )
  }
  return { keepLast: backupsKeepLast ?? undefined, keepDays: backupsKeepDays ?? undefined }
}

async function printPlan(printer: Parameters<Command>[0]['printer'], plan: readonly PruneDecision[], tenant: string) {
  await printer.list({
    items: plan.map(pruneDocument),
    columns: pruneColumns,
    empty: `No backup of "${tenant}" yet. Make one with \`tenantatlas backup create --tenant "${tenant}"\`.`,
  })
}
