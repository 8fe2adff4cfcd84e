import { countOf } from '#contract/moments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { findRestore } from '#entrypoints/cli/restores/find-restore.ts'
import { planHashOf } from '#entrypoints/cli/restores/plan-hash-of.ts'
import { printRestore } from '#entrypoints/cli/restores/print-restore.ts'
import { wholeRestore } from '#entrypoints/cli/restores/whole-restore.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** Approves exactly the plan that is shown here: its hash goes along. */
export const restoreApprove: Command<{ reason?: string }> = async (cli, [text = ''], { reason }) => {
  const session = await openSession(cli)
  const { id } = await findRestore(session, await session.tenant(), text)
  const restore = await wholeRestore(session, id)
  const { tenant, counts } = restore
  const planHash = planHashOf(restore)
  if (restore.runId !== null)
    throw new Failure('invalid_state', 'This plan has been applied already; there is nothing to approve any more.')
  if (cli.printer.isForPeople) await printRestore(cli, restore)
  const policies = countOf(counts.byPlan.write, 'policy', 'policies')
  await confirm(cli, `This lets somebody else write ${policies} in "${tenant.name}".`)
  const why = reason === undefined ? {} : { reason }
  await session.api.restores.approve({ ...session.at, restore: id, planHash, reviewed: true, ...why })
  if (!cli.printer.isForPeople) await printRestore(cli, await wholeRestore(session, id))
  cli.terminal.say(`Approved. Somebody else applies it: tenantatlas restore apply ${id} --tenant "${tenant.name}"`)
}
