import { countOf } from '#contract/moments.ts'
import type { PolicyOfGroupDocument } from '#contract/api/assignments.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { findPolicy } from '#entrypoints/cli/policies/find-policy.ts'
import { everyPage } from '#entrypoints/cli/server/all-pages.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session, Tenant } from '#entrypoints/cli/session.ts'

export const assignmentsExplain: Command<{ type?: string[]; group?: true }> = async (
  cli,
  [text = ''],
  { type, group },
) => {
  const session = await openSession(cli)
  const tenant = await session.tenant()
  if (group) return printGroup(cli, await explainGroup(session, tenant, text))
  const { id } = await findPolicy(session, tenant, text, type)
  const document = await session.api.assignments.explain({ ...tenant.at, policy: id })
  await cli.printer.detail({
    document,
    facts: [['Policy', document.policy.name], null],
    below: (printer) => document.sentences.forEach((sentence) => printer.text(sentence)),
  })
}

/** With every policy that names the group. */
async function explainGroup({ api }: Session, tenant: Tenant, group: string) {
  const pages = await everyPage((page) => api.assignments.explainGroup({ ...tenant.at, group, ...page }))
  const { nextCursor: _, ...explanation } = pages[0]
  return {
    ...explanation,
    includedBy: pages.flatMap(({ includedBy }) => includedBy),
    excludedBy: pages.flatMap(({ excludedBy }) => excludedBy),
  }
}

async function printGroup(cli: Cli, explanation: Awaited<ReturnType<typeof explainGroup>>): Promise<void> {
  const { group, everybody, unread } = explanation
  await cli.printer.detail({
    document: explanation,
    facts: [
      ['Group', group.name ?? group.id],
      ['Id', group.id],
      ['Kind', group.kind ?? 'unknown'],
      ...(group.membershipRule === null ? [] : [['Rule', group.membershipRule] as const]),
      ...(group.missingSince === null ? [] : [['Deleted', 'yes: the directory does not have it any more'] as const]),
      [
        'Everybody',
        `${countOf(everybody.allUsers, 'policy', 'policies')} for all users, ${countOf(everybody.allDevices, 'policy', 'policies')} for all devices`,
      ],
      ...(unread === 0
        ? []
        : [['Unknown', `${countOf(unread, 'policy', 'policies')} whose assignments were never read`] as const]),
    ],
    below: (printer) => {
      printer.section('Assigned to it', columns, explanation.includedBy)
      printer.section('Kept from it', columns, explanation.excludedBy)
    },
  })
}

const columns: readonly Column<PolicyOfGroupDocument>[] = [
  { key: 'policy', header: 'POLICY', cell: ({ policy }) => policy.name },
  { key: 'type', header: 'TYPE', cell: ({ policy }) => policy.typeLabel },
  { key: 'words', header: 'HOW', cell: ({ assignment }) => assignment.words },
]
