import type { AuditDocument } from '#contract/api/audit.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'

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
