import { recordAudit } from '#domain/audit/record-audit.ts'
import { revokeKey } from '#domain/access/keys/api-keys.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ApiKeyId, UserId } from '#foundation/kernel/ids.ts'

/**
 * Revokes a key: the next request with it is refused. With `ofMember` only a key of that member.
 * @throws Failure `not_found` when there is no such key, or it was revoked before
 */
export async function revokeApiKey(
  db: Database,
  ctx: WorkspaceContext,
  keyId: ApiKeyId,
  ofMember?: UserId,
): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const revoked = await revokeKey(tx, ctx, keyId, ofMember)
    if (revoked === undefined) throw new Failure('not_found', 'There is no such key that could be revoked.')
    await recordAudit(tx, ctx, {
      action: 'api_key.revoke',
      subject: { kind: 'api_key', id: keyId },
      outcome: 'succeeded',
      detail: { name: revoked.name },
    })
  })
}
