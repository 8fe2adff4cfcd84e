import { countOf } from '#contract/moments.ts'
import { explainGroup } from '#domain/assignments/explain-group.ts'
import type { PolicyOfGroup } from '#domain/assignments/explain-group.ts'
import { explainPolicy } from '#domain/assignments/explain-policy.ts'
import { findPolicy } from '#domain/inventory/find-policy.ts'
import { contractOf } from '#graph/contracts/registry.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { typesOption } from '#entrypoints/cli/options.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { groupExplanationDocument, policyExplanationDocument } from '#entrypoints/documents/explanation-document.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const assignmentsExplain: Command<{ type?: string[]; group?: true }> = async (
  cli,
  [text = ''],
  { type, group },
) => {
  const types = typesOption(type)
  await using session = await openSession(cli)
  const { db } = session.product
  const tenant = await session.tenant()
  if (group) return await explainGroupTo(cli, db, tenant, text)
  const { id } = await findPolicy(db, tenant, text, { types })
  const document = policyExplanationDocument(await explainPolicy(db, tenant, { policyId: id }))
  await cli.printer.detail({
    document,
    facts: [['Policy', document.policy.name], null],
    below: (printer) => document.sentences.forEach((sentence) => printer.text(sentence)),
  })
}

async function explainGroupTo(cli: Cli, db: Database, tenant: TenantContext, text: string): Promise<void> {
  const explanation = await explainGroup(db, tenant, { group: text })
  const { group, everybody, unread } = explanation
  await cli.printer.detail({
    document: groupExplanationDocument(explanation),
    facts: [
      ['Group', group.name ?? group.groupId],
      ['Id', group.groupId],
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

const columns: readonly Column<PolicyOfGroup>[] = [
  { key: 'policy', header: 'POLICY', cell: ({ policy }) => policy.name },
  { key: 'type', header: 'TYPE', cell: ({ policy }) => contractOf(policy.type).label },
  { key: 'words', header: 'HOW', cell: ({ words }) => words },
]
