import type { Command } from '#entrypoints/cli/cli.ts'
import { csvOf } from '#entrypoints/cli/output/print.ts'
import { findPolicy } from '#entrypoints/cli/policies/find-policy.ts'
import { assignmentColumns } from '#entrypoints/cli/policies/policy-columns.ts'
import { openSession } from '#entrypoints/cli/session.ts'

/** One document with the policy and its assignments; `assignments` is null when they were never read. */
export const assignmentsShow: Command<{ type?: string[] }> = async (cli, [text = ''], { type }) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const { id } = await findPolicy(session, tenant, text, type)
  const document = await session.api.assignments.show({ ...tenant.at, policy: id })
  const { policy, freshness, assignments } = document
  if (!cli.printer.isForPeople) {
    return cli.printer.detail({ document, facts: [], csv: () => csvOf(assignmentColumns, assignments ?? []) })
  }
  if (freshness.state === 'stale')
    cli.terminal.say(`Perhaps out of date: the latest read failed (${freshness.problem ?? 'no reason'}).`)
  await cli.printer.list({
    items: assignments ?? [],
    columns: assignmentColumns,
    empty:
      assignments === null
        ? `The assignments of "${policy.name}" were never read. Read them with \`tenantatlas assignments fetch "${policy.name}"\`.`
        : `"${policy.name}" is not assigned to anybody.`,
  })
}
