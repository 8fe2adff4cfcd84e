import { badgeOf } from '#contract/badges.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { csvOf } from '#entrypoints/cli/output/print.ts'
import { findPolicy } from '#entrypoints/cli/policies/find-policy.ts'
import { assignmentColumns } from '#entrypoints/cli/policies/policy-columns.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const policyShow: Command<{ type?: string[] }> = async (cli, [text = ''], { type }) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const { id } = await findPolicy(session, tenant, text, type)
  const policy = await session.api.policies.get({ ...tenant.at, policy: id })
  const { freshness, assignments } = policy
  await cli.printer.detail({
    document: policy,
    facts: [
      ['Policy', policy.name],
      ['Type', policy.typeLabel],
      ['Id', policy.id],
      ['Graph id', policy.graphId],
      ['Scope tags', policy.scopeTags.map((tag) => tag.name ?? tag.id).join(', ') || 'none'],
      ...(policy.missingSince === null
        ? []
        : [['Missing', `${ago(policy.missingSince)}: no longer in the tenant`] as const]),
      [
        'Assignments',
        assignments === null ? badgeOf('policyState', 'unread') : assignmentsWords(assignments.length, freshness),
      ],
    ],
    below: (printer) => printer.section('Assigned to', assignmentColumns, assignments ?? []),
    csv: () => csvOf(assignmentColumns, assignments ?? []),
  })
}

function assignmentsWords(
  count: number,
  { state, observedAt, problem }: { state: string; observedAt: string | null; problem: string | null },
): string {
  const number = count === 0 ? 'none' : String(count)
  const stale = state === 'stale' ? `, perhaps out of date: ${problem ?? 'the latest read failed'}` : ''
  return `${number}, read ${ago(observedAt)}${stale}`
}
