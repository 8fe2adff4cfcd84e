import { countOf } from '#contract/moments.ts'
import { explainGroup } from '#domain/assignments/explain-group.ts'
import type { GroupExplanation, PolicyOfGroup } from '#domain/assignments/explain-group.ts'
import { explainPolicy } from '#domain/assignments/explain-policy.ts'
import { findPolicy } from '#domain/inventory/find-policy.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { iso } from '#entrypoints/documents/iso.ts'
import { typesOption } from '#entrypoints/cli/options.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { assignmentDocument, freshnessDocument, policyRefDocument } from '#entrypoints/cli/policies/policy-document.ts'
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
  const { policy, freshness, includes, excludes, sentences } = await explainPolicy(db, tenant, { policyId: id })
  await cli.printer.detail({
    document: {
      policy: policyRefDocument(policy),
      freshness: freshnessDocument(freshness),
      sentences,
      includes: includes.map(assignmentDocument),
      excludes: excludes.map(assignmentDocument),
    },
    facts: [['Policy', policy.name], null],
    below: (printer) => sentences.forEach((sentence) => printer.text(sentence)),
  })
}

async function explainGroupTo(cli: Cli, db: Database, tenant: TenantContext, text: string): Promise<void> {
  const explanation = await explainGroup(db, tenant, { group: text })
  const { group, everybody, unread } = explanation
  await cli.printer.detail({
    document: groupDocument(explanation),
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
  { key: 'type', header: 'TYPE', cell: ({ policy }) => policyRefDocument(policy).typeLabel },
  { key: 'words', header: 'HOW', cell: ({ words }) => words },
]

function groupDocument({ group, includedBy, excludedBy, everybody, unread }: GroupExplanation) {
  const named = (policies: readonly PolicyOfGroup[]) =>
    policies.map((view) => ({
      policy: policyRefDocument(view.policy),
      assignment: assignmentDocument(view),
      state: view.state,
    }))
  return {
    group: {
      id: group.groupId,
      name: group.name,
      kind: group.kind,
      membershipRule: group.membershipRule,
      missingSince: iso(group.missingSince),
    },
    includedBy: named(includedBy),
    excludedBy: named(excludedBy),
    everybody,
    unread,
  }
}
