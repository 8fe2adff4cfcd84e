/** What a backup set consists of, as one hash: an item that is added, removed, renamed or exchanged later shows. */
import { createHash } from 'node:crypto'
import type { BackupItemType, Completeness } from '#domain/backups/backup-set.ts'
import { canonicalJson } from '#foundation/kernel/canonical-json.ts'
import type { BackupSetId, TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'

export interface ManifestHead {
  readonly workspaceId: WorkspaceId
  readonly tenantId: TenantId
  readonly backupSetId: BackupSetId
  readonly completeness: Completeness
}

export interface ManifestItem {
  readonly type: BackupItemType
  readonly graphId: string
  readonly name: string
  readonly snapshotHash: Buffer | null
  readonly problem: string | null
}

/** Takes the items of a set one page after the other, ordered by type and Graph id; `digest()` ends it. */
export class Manifest {
  readonly #hash = createHash('sha256')

  constructor(head: ManifestHead) {
    this.#line({ v: 1, ...head })
  }

  add(items: readonly ManifestItem[]): void {
    for (const { snapshotHash, ...item } of items) {
      this.#line({ ...item, snapshot: snapshotHash?.toString('hex') ?? null })
    }
  }

  digest(): Buffer {
    return this.#hash.digest()
  }

  #line(value: unknown): void {
    this.#hash.update(`${canonicalJson(value)}\n`)
  }
}
