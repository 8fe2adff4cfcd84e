/**
 * One version of a policy as stored: its parts as canonical JSON text, each by the SHA-256 of that text, and one hash
 * that binds the parts to the policy they were read from. A part or a snapshot that was changed, exchanged or moved to
 * another policy, tenant or workspace does not verify.
 */
import { createHash } from 'node:crypto'
import type { BackupItemType } from '#domain/backups/backup-set.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { canonicalJson, sha256 } from '#foundation/kernel/canonical-json.ts'
import type { TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'

export interface SnapshotOwner {
  readonly workspaceId: WorkspaceId
  readonly tenantId: TenantId
  readonly type: BackupItemType
  readonly graphId: string
}

export interface SnapshotContent {
  readonly payload: GraphObject
  /** Null for what carries no assignments. */
  readonly assignments: readonly Assignment[] | null
  readonly scopeTagIds: readonly string[]
}

export interface SnapshotPart {
  readonly hash: Buffer
  readonly body: string
}

export const partNames = ['payload', 'assignments', 'scopeTags'] as const
export type PartName = (typeof partNames)[number]

/** The hash of each part; `assignments` is null where there are none. */
export interface PartHashes {
  readonly payload: Buffer
  readonly assignments: Buffer | null
  readonly scopeTags: Buffer
}

export interface Snapshot {
  readonly hash: Buffer
  readonly payload: SnapshotPart
  readonly assignments: SnapshotPart | null
  readonly scopeTags: SnapshotPart
}

/** @throws TypeError or Error when the content has no canonical JSON form (half a surrogate pair) */
export function makeSnapshot(owner: SnapshotOwner, content: SnapshotContent): Snapshot {
  const payload = makePart(content.payload)
  const assignments = content.assignments === null ? null : makePart(content.assignments)
  const scopeTags = makePart(content.scopeTagIds.toSorted())
  const hash = snapshotHash(owner, {
    payload: payload.hash,
    assignments: assignments?.hash ?? null,
    scopeTags: scopeTags.hash,
  })
  return { hash, payload, assignments, scopeTags }
}

function makePart(value: unknown): SnapshotPart {
  const body = canonicalJson(value)
  return { body, hash: partHash(body) }
}

/** SHA-256 of the very text that is stored. */
export function partHash(body: string): Buffer {
  return createHash('sha256').update(body).digest()
}

/** The hash that binds parts to their policy. */
export function snapshotHash({ workspaceId, tenantId, type, graphId }: SnapshotOwner, parts: PartHashes): Buffer {
  return sha256({
    v: 1,
    workspaceId,
    tenantId,
    type,
    graphId,
    payload: parts.payload.toString('hex'),
    assignments: parts.assignments?.toString('hex') ?? null,
    scopeTags: parts.scopeTags.toString('hex'),
  })
}
