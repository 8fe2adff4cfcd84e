import type { RestoreDetailDocument } from '#contract/api/restores.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { ask } from '#entrypoints/cli/ask.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { findRestore } from '#entrypoints/cli/restores/find-restore.ts'
import { planHashOf } from '#entrypoints/cli/restores/plan-hash-of.ts'
import { sayNothingToApply } from '#entrypoints/cli/restores/finish-plan.ts'
import { printRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { neededWords } from '#entrypoints/cli/restores/approval-words.ts'
import { planWords } from '#entrypoints/cli/restores/restore-columns.ts'
import { wholeRestore } from '#entrypoints/cli/restores/whole-restore.ts'
import { answerStart } from '#entrypoints/cli/runs/answer-start.ts'
import { exitCodeOf, sayEnded } from '#entrypoints/cli/runs/follow-run.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  confirm?: string
  dryRun?: true
}

// What reaches everybody, or much at once, is confirmed by name only.
const wideReach: readonly string[] = ['all_users', 'all_devices', 'many_policies', 'remediation']

/** Applies exactly the plan that is shown here: its hash goes along, so a plan changed meanwhile is refused. */
export const restoreApply: Command<Options> = async (cli, [text = ''], { confirm, dryRun }) => {
  const session = await openSession(cli)
  const { id } = await findRestore(session, await session.tenant(), text)
  const restore = await wholeRestore(session, id)
  if (dryRun) return printRestore(cli, restore)
  const { tenant } = restore
  const planHash = planHashOf(restore)
  if (restore.runId === null && restore.counts.byPlan.write === 0)
    return sayNothingToApply(cli.terminal, restore.counts)
  if (restore.approval.state === 'needed') throw new Failure('second_person_required', neededWords(restore))
  const name = restore.runId === null ? await confirmedName(cli, restore, confirm) : tenant.name
  const confirmation = { planHash, confirm: name, reviewed: true } as const
  const started = await session.api.restores.apply({ ...session.at, restore: id, ...confirmation })
  const followed = await answerStart(cli, session, started)
  if (followed.state === 'answered') return followed.exitCode
  const exitCode = followed.run.counts['awaiting_approval'] ? exitCodes.approval : exitCodeOf(followed.run)
  if (cli.printer.isForPeople) sayEnded(cli, followed.run)
  const after = await wholeRestore(session, id)
  if (!cli.printer.isForPeople || exitCode !== exitCodes.ok) await printRestore(cli, after)
  cli.terminal.say(`Take it back: tenantatlas restore undo ${restore.id} --tenant "${tenant.name}"`)
  return exitCode
}

/** The name as typed or given; the ledger refuses it unless it is the tenant's own. `--yes` is enough for a narrow plan. */
async function confirmedName(cli: Cli, restore: RestoreDetailDocument, confirm: string | undefined): Promise<string> {
  if (confirm !== undefined) return confirm
  const { tenant } = restore
  const wide = restore.checks.filter(({ id, severity }) => severity !== 'ok' && wideReach.includes(id))
  if (cli.options.yes && wide.length === 0) return tenant.name
  if (cli.terminal.isInteractive && cli.options.input) {
    cli.terminal.say(`${planWords(restore)}. Review: tenantatlas restore show ${restore.id} --tenant "${tenant.name}"`)
    for (const check of restore.checks.filter(({ severity }) => severity !== 'ok'))
      cli.terminal.say(`  ${check.message}`)
  }
  const why = cli.options.yes
    ? `--yes is not enough for this plan: ${wide[0]?.message ?? ''}`
    : 'Applying a plan changes the tenant.'
  return ask(
    cli,
    `This changes who gets these policies in "${tenant.name}". Type the name of the tenant to go on: `,
    `${why} Confirm it with --confirm "${tenant.name}".`,
  )
}
