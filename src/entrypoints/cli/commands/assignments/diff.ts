import { diffPolicies, diffWithBackup } from '#domain/assignments/diff-assignments.ts'
import type { PolicyDiff } from '#domain/assignments/diff-assignments.ts'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import { findPolicy } from '#domain/inventory/find-policy.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { printBackupDiff } from '#entrypoints/cli/backups/print-diff.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { backupSetIdOf } from '#entrypoints/cli/find-backup.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { diffLine } from '#entrypoints/cli/output/diff-line.ts'
import { policyDiffDocument } from '#entrypoints/documents/policy-diff-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  backup?: string
  with?: string
  exitCode?: true
}

/** One policy against its backup or another policy; without a policy, the whole tenant against a backup. */
export const assignmentsDiff: Command<Options> = async (cli, [text], { backup, with: other, exitCode }) => {
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  if (text === undefined) {
    if (other !== undefined)
      throw new Failure('invalid_input', 'Name the policy to compare, then the other one with --with.')
    const diff = await diffBackup(db, tenant, { backupSetId: await backupSetIdOf(db, tenant, backup) })
    return await printBackupDiff(cli, diff, { exitCode })
  }
  const { id: policyId } = await findPolicy(db, tenant, text)
  if (other !== undefined) {
    const { id: otherId, name } = await findPolicy(db, tenant, other)
    return await printPolicyDiff(cli, await diffPolicies(db, tenant, { policyId, otherId }), { from: name, exitCode })
  }
  const backupSetId = await backupSetIdOf(db, tenant, backup)
  const diff = await diffWithBackup(db, tenant, { policyId, backupSetId })
  return await printPolicyDiff(cli, diff, { from: `backup ${backupSetId}`, exitCode })
}

async function printPolicyDiff(
  cli: Cli,
  diff: PolicyDiff,
  { from, exitCode }: { from: string; exitCode: true | undefined },
): Promise<number> {
  const document = policyDiffDocument(diff)
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
