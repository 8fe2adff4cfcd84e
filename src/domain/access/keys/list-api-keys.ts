import { apiKeysOf } from '#domain/access/keys/api-keys.store.ts'
import type { ApiKeyRow } from '#domain/access/keys/api-keys.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export type { ApiKeyRow } from '#domain/access/keys/api-keys.store.ts'

/** The keys of one member, or of the whole workspace, newest first, with those that ended in the last 90 days. */
export async function listApiKeys(db: Database, ctx: WorkspaceContext, ofMember?: UserId): Promise<ApiKeyRow[]> {
  return inWorkspace(db, ctx, (tx) => apiKeysOf(tx, ctx, ofMember))
}
