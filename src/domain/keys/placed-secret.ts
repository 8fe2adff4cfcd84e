import type { StoredSecret } from '#foundation/crypto/seal.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** A stored secret and what it belongs to. */
export interface PlacedSecret {
  /** Of its row. */
  readonly id: string
  readonly place: string
  readonly stored: StoredSecret
  /** What people know it by. */
  readonly label: string
}

export interface SecretPage {
  readonly after: string | null
  readonly limit: number
  /** Only those that do not lie under this version; left out: all. */
  readonly notUnder?: number
}

/** A table with secrets. Only roles that work can read one. */
export interface SecretHolder {
  readonly table: 'credentials' | 'channel_secrets'
  read(tx: Tx, ctx: WorkspaceContext, page: SecretPage): Promise<PlacedSecret[]>
  /** Says how many were still there to be replaced. */
  replace(tx: Tx, ctx: WorkspaceContext, secrets: readonly PlacedSecret[]): Promise<number>
}
