import type { AuditEntryView } from '#domain/audit/list-entries.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'

/** An audit entry as `-o json` shows it. */
export interface AuditDocument {
  readonly seq: number
  readonly id: string
  readonly at: string
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string }
  readonly action: string
  readonly subject: { readonly kind: string; readonly id: string }
  readonly outcome: string
  readonly tenant: { readonly id: string; readonly name: string } | null
  readonly runId: string | null
  readonly requestId: string | null
  readonly beforeHash: string | null
  readonly afterHash: string | null
  readonly detail: unknown
  readonly hash: string
}

export function auditDocument(entry: AuditEntryView): AuditDocument {
  return { ...entry, at: entry.at.toISOString() }
}

export const auditColumns: readonly Column<AuditDocument>[] = [
  { key: 'seq', header: 'NO', keepsWidth: true, cell: ({ seq }) => String(seq) },
  { key: 'at', header: 'WHEN', keepsWidth: true, cell: ({ at }) => ago(at), csv: ({ at }) => at },
  { key: 'actor', header: 'WHO', cell: ({ actor }) => actor.name },
  { key: 'action', header: 'ACTION', cell: ({ action }) => action },
  { key: 'outcome', header: 'OUTCOME', cell: ({ outcome }) => outcome },
  { key: 'tenant', header: 'TENANT', cell: ({ tenant }) => tenant?.name ?? '' },
  { key: 'subject', header: 'ON', cell: ({ subject }) => `${subject.kind} ${subject.id}` },
  { key: 'runId', header: 'RUN', isId: true, isMinor: true, cell: ({ runId }) => runId ?? '' },
  { key: 'requestId', header: 'REQUEST', isMinor: true, cell: ({ requestId }) => requestId ?? '' },
  { key: 'detail', header: 'DETAIL', isMinor: true, cell: ({ detail }) => JSON.stringify(detail) },
  { key: 'id', header: 'ID', isId: true, isMinor: true, cell: ({ id }) => id },
]
