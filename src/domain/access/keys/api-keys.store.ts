import { sql } from 'kysely'
import type { KeyHolder } from '#domain/access/caller.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { capabilities as allCapabilities, type Capability } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { ApiKeyId, TenantId, TenantRef, UserId } from '#foundation/kernel/ids.ts'

export interface ApiKeyRow {
  readonly id: ApiKeyId
  readonly userId: UserId
  readonly userName: string
  readonly name: string
  readonly ending: string
  readonly capabilities: readonly Capability[]
  readonly tenants: readonly TenantRef[] | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | null
  readonly revokedAt: Date | null
}

export interface NewApiKey {
  readonly id: ApiKeyId
  readonly userId: UserId
  readonly name: string
  readonly hash: Buffer
  readonly ending: string
  readonly capabilities: readonly Capability[]
  readonly tenantIds: readonly TenantId[] | null
  readonly days: number
}

/** False: the member has a living key of that name. */
export async function insertApiKey(tx: Tx, ctx: WorkspaceContext, key: NewApiKey): Promise<boolean> {
  const inserted = await tx
    .insertInto('api_keys')
    .values({
      workspace_id: ctx.workspaceId,
      id: key.id,
      user_id: key.userId,
      name: key.name,
      key_hash: key.hash,
      ending: key.ending,
      capabilities: [...key.capabilities],
      tenant_ids: key.tenantIds === null ? null : [...key.tenantIds],
      // One reading of the clock, so that the longest life passes its check.
      created_at: sql<Date>`statement_timestamp()`,
      expires_at: sql<Date>`statement_timestamp() + make_interval(days => ${key.days})`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** The keys of the workspace, or of one member, newest first, with those revoked or expired in the last 90 days. */
export async function apiKeysOf(tx: Tx, ctx: WorkspaceContext, userId?: UserId): Promise<ApiKeyRow[]> {
  let query = tx
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .where('k.workspace_id', '=', ctx.workspaceId)
    .where(sql<boolean>`coalesce(k.revoked_at, k.expires_at) > clock_timestamp() - interval '90 days'`)
  if (userId !== undefined) query = query.where('k.user_id', '=', userId)
  const rows = await query
    .select([
      'k.id',
      'k.user_id',
      'u.display_name',
      'k.name',
      'k.ending',
      'k.capabilities',
      'k.created_at',
      'k.expires_at',
      'k.used_at',
      'k.revoked_at',
      sql<string[] | null>`case when k.tenant_ids is not null then array(
        select t.external_id::text from tenants t
        where t.workspace_id = k.workspace_id and t.id = any (k.tenant_ids) order by t.name) end`.as('tenants'),
    ])
    .orderBy('k.created_at', 'desc')
    .execute()
  return rows.map((row) => ({
    id: asId(row.id),
    userId: asId(row.user_id),
    userName: row.display_name,
    name: row.name,
    ending: row.ending,
    capabilities: row.capabilities.filter(isCapability),
    tenants: row.tenants?.map((ref) => asId<TenantRef>(ref)) ?? null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
  }))
}

/** The member and the name of a key that was alive until now; undefined when there is none. */
export async function revokeKey(
  tx: Tx,
  ctx: WorkspaceContext,
  keyId: ApiKeyId,
  ownedBy?: UserId,
): Promise<{ readonly name: string } | undefined> {
  let query = tx
    .updateTable('api_keys')
    .set({ revoked_at: sql<Date>`clock_timestamp()` })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
  if (ownedBy !== undefined) query = query.where('user_id', '=', ownedBy)
  return query.returning(['name']).executeTakeFirst()
}

/** Of any workspace, through the door. */
export async function findKeyHolder(db: Database, hash: Buffer): Promise<KeyHolder | undefined> {
  const { rows } = await sql<{
    workspace_id: string
    id: string
    user_id: string
    name: string
    display_name: string
    capabilities: string[]
    tenant_ids: string[] | null
  }>`select workspace_id, id, user_id, name, display_name, capabilities, tenant_ids from find_api_key(${hash})`.execute(
    db,
  )
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    kind: 'key',
    userId: asId(row.user_id),
    name: `${row.display_name} (key ${row.name})`,
    keyId: asId(row.id),
    workspaceId: asId(row.workspace_id),
    capabilities: row.capabilities.filter(isCapability),
    tenantIds: row.tenant_ids?.map((id) => asId<TenantId>(id)) ?? null,
  }
}

/** A key may have been made by a newer program. */
function isCapability(text: string): text is Capability {
  return (allCapabilities as readonly string[]).includes(text)
}
