import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import type { Check } from '#domain/restore/restore-run.ts'
import type { RestoreView } from '#domain/restore/show-restore.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { ask } from '#entrypoints/cli/ask.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { sayNothingToApply } from '#entrypoints/cli/restores/finish-plan.ts'
import { printRestore, wholeRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { planWords } from '#entrypoints/cli/restores/restore-columns.ts'
import { restoreIdOf } from '#entrypoints/cli/restores/restore-id.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { exitCodeOf, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  confirm?: string
  dryRun?: true
}

// What reaches everybody, or much at once, is confirmed by name only.
const wideReach: readonly Check['id'][] = ['all_users', 'all_devices', 'many_policies', 'remediation']

/** Applies exactly the plan that is shown here: its hash goes along, so a plan changed meanwhile is refused. */
export const restoreApply: Command<Options> = async (cli, [text = ''], { confirm, dryRun }) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  const view = await wholeRestore(db, tenant, await restoreIdOf(db, tenant, text))
  if (dryRun) return await printRestore(cli, view)
  const { planHash } = view
  if (planHash === null)
    throw new Failure('invalid_state', `This plan has no preview; see \`tenantatlas restore show ${view.id}\`.`)
  if (view.runId === null && view.counts.byPlan.write === 0) return sayNothingToApply(cli.terminal, view.counts)
  const tenantName = view.runId === null ? await confirmedName(cli, tenant, view, confirm) : tenant.tenantName
  const ensured = await confirmRestore(db, tenant, { restoreRunId: view.id, planHash, tenantName })
  const followed = await answerStart(cli, session.product, session.ctx, ensured)
  if (followed.state === 'answered') return followed.exitCode
  const exitCode = followed.run.counts['awaiting_approval'] ? exitCodes.approval : exitCodeOf(followed.run)
  if (cli.printer.isForPeople) sayEnded(cli, followed.run)
  const after = await wholeRestore(db, tenant, view.id)
  if (!cli.printer.isForPeople || exitCode !== exitCodes.ok) await printRestore(cli, after)
  cli.terminal.say(`Take it back: tenantatlas restore undo ${view.id} --tenant "${tenant.tenantName}"`)
  return exitCode
}

/** The name as typed or given; the ledger refuses it unless it is the tenant's own. `--yes` is enough for a narrow plan. */
async function confirmedName(
  cli: Cli,
  tenant: TenantContext,
  view: RestoreView,
  confirm: string | undefined,
): Promise<string> {
  if (confirm !== undefined) return confirm
  const wide = view.checks.filter(({ id, severity }) => severity !== 'ok' && wideReach.includes(id))
  if (cli.options.yes && wide.length === 0) return tenant.tenantName
  if (cli.terminal.isInteractive && cli.options.input) {
    cli.terminal.say(`${planWords(view)}. Review: tenantatlas restore show ${view.id} --tenant "${tenant.tenantName}"`)
    for (const check of view.checks.filter(({ severity }) => severity !== 'ok')) cli.terminal.say(`  ${check.message}`)
  }
  const why = cli.options.yes
    ? `--yes is not enough for this plan: ${wide[0]?.message ?? ''}`
    : 'Applying a plan changes the tenant.'
  return ask(
    cli,
    `This changes who gets these policies in "${tenant.tenantName}". Type the name of the tenant to go on: `,
    `${why} Confirm it with --confirm "${tenant.tenantName}".`,
  )
}
