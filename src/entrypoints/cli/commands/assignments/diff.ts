import type { PolicyDiffDocument } from '#contract/api/assignments.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { diffBackup } from '#entrypoints/cli/backups/diff-backup.ts'
import { printBackupDiff } from '#entrypoints/cli/backups/print-diff.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { findBackup } from '#entrypoints/cli/find-backup.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { diffLine } from '#entrypoints/cli/output/diff-line.ts'
import { findPolicy } from '#entrypoints/cli/policies/find-policy.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  backup?: string
  with?: string
  exitCode?: true
}

/** One policy against its backup or another policy; without a policy, the whole tenant against a backup. */
export const assignmentsDiff: Command<Options> = async (cli, [text], { backup, with: other, exitCode }) => {
  const session = await openSession(cli)
  const { assignments } = session.api
  const tenant = await session.tenant()
  if (text === undefined) {
    if (other !== undefined)
      throw new Failure('invalid_input', 'Name the policy to compare, then the other one with --with.')
    const diff = await diffBackup(session, await findBackup(session, tenant, backup))
    return printBackupDiff(cli, diff, { exitCode })
  }
  const { id: policy } = await findPolicy(session, tenant, text)
  if (other !== undefined) {
    const { id, name } = await findPolicy(session, tenant, other)
    const diff = await assignments.diff({ ...tenant.at, policy, with: id })
    return printPolicyDiff(cli, diff, { from: name, exitCode })
  }
  const { id } = await findBackup(session, tenant, backup)
  const diff = await assignments.diff({ ...tenant.at, policy, backup: id })
  return printPolicyDiff(cli, diff, { from: `backup ${id}`, exitCode })
}

async function printPolicyDiff(
  cli: Cli,
  document: PolicyDiffDocument,
  { from, exitCode }: { from: string; exitCode: true | undefined },
): Promise<number> {
  const { policy, freshness, unchanged, lines } = document
  await cli.printer.detail({
    document,
    facts: [
      ['Policy', policy.name],
      ['From', from],
      ['To', `as observed ${ago(freshness.observedAt)}`],
      ['Unchanged', String(unchanged)],
    ],
    below: (printer) => {
      printer.text(lines.length === 0 ? '\nNo difference.' : '')
      for (const line of lines) printer.text(diffLine(cli, line))
    },
  })
  return exitCode && lines.length > 0 ? exitCodes.differences : exitCodes.ok
}
