import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { listApiKeys, type ApiKeyRow } from '#domain/access/keys/list-api-keys.ts'
import { revokeApiKey } from '#domain/access/keys/revoke-api-key.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import { personOf, workspaceOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { findTenants } from '#entrypoints/http/api/find-tenants.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const keys = {
  list: os.keys.list.handler(async ({ context }) => {
    const rows = await listApiKeys(context.db, workspaceOf(context), ownUnlessOwner(context))
    return { items: rows.map(apiKeyDocument) }
  }),
  create: os.keys.create.handler(async ({ context, input }) => {
    // A key that made keys would outlive itself, and reach the tenants it does not name.
    personOf(context)
    const ctx = workspaceOf(context)
    const tenants = input.tenants && (await findTenants(context, input.tenants))
    return createApiKey(context.db, ctx, context.admitted?.capabilities ?? [], {
      name: input.name,
      capabilities: input.capabilities,
      days: input.days,
      ...(tenants && { tenants }),
    })
  }),
  revoke: os.keys.revoke.handler(async ({ context, input }) => {
    await revokeApiKey(context.db, workspaceOf(context), asId(input.key), ownUnlessOwner(context))
    return { ok: true }
  }),
}

/** Undefined: of every member. */
function ownUnlessOwner({ admitted, caller }: ApiContext): UserId | undefined {
  return admitted?.capabilities.includes('members.manage') === true ? undefined : caller?.userId
}

function apiKeyDocument(row: ApiKeyRow) {
  return {
    id: row.id,
    name: row.name,
    member: { id: row.userId, name: row.userName },
    ending: row.ending,
    capabilities: row.capabilities,
    tenants: row.tenants,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    usedAt: row.usedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
