import { recordAudit } from '#domain/audit/record-audit.ts'
import { insertApiKey } from '#domain/access/keys/api-keys.store.ts'
import { newToken } from '#domain/access/tokens.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Capability } from '#foundation/kernel/capability.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { ApiKeyId } from '#foundation/kernel/ids.ts'

export interface ApiKeyWish {
  readonly name: string
  /** At least one, and none the member does not have. */
  readonly capabilities: readonly Capability[]
  /** Absent: all tenants the member may open. */
  readonly tenants?: readonly TenantContext[]
  /** 1 to 365. */
  readonly days: number
}

/**
 * Makes a key that acts for whoever asks. The key is shown here and never again.
 * @throws Failure `not_allowed` for a capability the member does not have, `invalid_state` when the name is taken
 */
export async function createApiKey(
  db: Database,
  ctx: WorkspaceContext,
  own: readonly Capability[],
  wish: ApiKeyWish,
): Promise<{ readonly id: ApiKeyId; readonly key: string }> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new Failure('not_allowed', 'Only a member can make an API key.')
  const foreign = wish.capabilities.filter((capability) => !own.includes(capability))
  if (foreign.length > 0)
    throw new Failure('not_allowed', `A key cannot have what you do not have yourself: ${foreign.join(', ')}.`)
  const { token, hash } = newToken('ta_')
  const id = newId<ApiKeyId>()
  await inWorkspace(db, ctx, async (tx) => {
    const isNew = await insertApiKey(tx, ctx, {
      id,
      userId: actor.userId,
      name: wish.name,
      hash,
      ending: token.slice(-4),
      capabilities: wish.capabilities,
      tenantIds: wish.tenants?.map(({ tenantId }) => tenantId) ?? null,
      days: wish.days,
    })
    if (!isNew)
      throw new Failure(
        'invalid_state',
        `You have a key named "${wish.name}" already: revoke it, or choose another name.`,
      )
    await recordAudit(tx, ctx, {
      action: 'api_key.create',
      subject: { kind: 'api_key', id },
      outcome: 'succeeded',
      detail: {
        name: wish.name,
        capabilities: wish.capabilities,
        tenants: wish.tenants?.map(({ tenantRef }) => tenantRef) ?? null,
        days: wish.days,
      },
    })
  })
  return { id, key: token }
}
