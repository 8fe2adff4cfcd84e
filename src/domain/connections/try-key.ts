import type { Sealer } from '#foundation/crypto/seal.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { latestSealed } from '#domain/connections/connections.store.ts'
import { openSecret } from '#domain/connections/seal-credential.ts'

export interface KeyTrial {
  /** Credentials that were tried. */
  readonly tried: number
  /** Of these, what opens with the key of this host. */
  readonly opened: number
}

const mostTried = 100

/** Whether the key of this host is the one that credentials of a workspace were sealed with: tries the latest. */
export async function tryKey(deps: { db: Database; sealer: Sealer }, ctx: WorkspaceContext): Promise<KeyTrial> {
  const stored = await inWorkspace(deps.db, ctx, (tx) => latestSealed(tx, ctx, mostTried))
  const opened = stored.filter(({ sealed, place }) => {
    try {
      openSecret(deps.sealer, sealed, place)
      return true
    } catch {
      return false
    }
  })
  return { tried: stored.length, opened: opened.length }
}
