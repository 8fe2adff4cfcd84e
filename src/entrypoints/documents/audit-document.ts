import type { AuditEntryView } from '#domain/audit/list-entries.ts'

/** An audit entry as programs see it. */
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
