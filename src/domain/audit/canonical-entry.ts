/**
 * What is hashed of an entry, computed apart from the database: audit_canonical() in migrations/0011_audit_chain.sql says
 * the same in SQL, and a test holds the two equal.
 */
import { hash } from 'node:crypto'

/** An entry as the chain sees it: every column as the text PostgreSQL prints. */
export interface ChainedEntry {
  readonly workspaceId: string
  readonly seq: number
  readonly id: string
  /** Microseconds since 1970. */
  readonly atMicros: string
  readonly tenantId: string | null
  readonly actorKind: string
  readonly actorId: string | null
  readonly actorName: string
  readonly action: string
  readonly subjectKind: string
  readonly subjectId: string
  readonly runId: string | null
  readonly outcome: string
  /** Lower-case hexadecimal, as the hash after it. */
  readonly beforeHash: string | null
  readonly afterHash: string | null
  readonly requestId: string | null
  readonly detailText: string
}

export const hashBytes = 32

/** Each field as the bytes of its text with their count before it, `-` for null. */
export function canonicalEntry(entry: ChainedEntry): string {
  return (
    '1' +
    field(entry.workspaceId) +
    field(String(entry.seq)) +
    field(entry.id) +
    field(entry.atMicros) +
    field(entry.tenantId) +
    field(entry.actorKind) +
    field(entry.actorId) +
    field(entry.actorName) +
    field(entry.action) +
    field(entry.subjectKind) +
    field(entry.subjectId) +
    field(entry.runId) +
    field(entry.outcome) +
    field(entry.beforeHash) +
    field(entry.afterHash) +
    field(entry.requestId) +
    field(entry.detailText)
  )
}

function field(text: string | null): string {
  return text === null ? '-' : `${Buffer.byteLength(text)}:${text}`
}

/** The hash of an entry behind the one that has `previous`. */
export function hashEntry(previous: Buffer, entry: ChainedEntry): Buffer {
  return hash('sha256', Buffer.concat([previous, Buffer.from(canonicalEntry(entry))]), 'buffer')
}
