import { sql } from 'kysely'
import type { SecretPage } from '#domain/keys/placed-secret.ts'
import type { ChannelKey } from '#domain/notifications/delivery.ts'
import type { StoredSecret } from '#foundation/crypto/seal.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

export interface StoredChannelSecret {
  readonly stored: StoredSecret
  /** So recent that the one before it signs, too. */
  readonly isNew: boolean
}

/** The secrets of a channel, sealed, the newest first. Only roles that work can read them. */
export async function storedChannelSecrets(
  tx: Tx,
  { ctx: { workspaceId }, channelId }: ChannelKey,
): Promise<StoredChannelSecret[]> {
  const rows = await tx
    .selectFrom('channel_secrets')
    .where('workspace_id', '=', workspaceId)
    .where('channel_id', '=', channelId)
    .select(['sealed', 'wrapped_key', 'key_version'])
    .select(sql<boolean>`created_at > clock_timestamp() - interval '1 day'`.as('is_new'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({ stored: storedOf(row), isNew: row.is_new }))
}

function storedOf(row: { sealed: string; wrapped_key: string | null; key_version: number | null }): StoredSecret {
  return { sealed: row.sealed, wrappedKey: row.wrapped_key, keyVersion: row.key_version }
}

export async function insertChannelSecret(
  tx: Tx,
  { ctx: { workspaceId }, channelId }: ChannelKey,
  { sealed, wrappedKey, keyVersion }: StoredSecret,
): Promise<void> {
  const values = { workspace_id: workspaceId, id: newId(), channel_id: channelId, sealed }
  await tx
    .insertInto('channel_secrets')
    .values({ ...values, wrapped_key: wrappedKey, key_version: keyVersion })
    .execute()
}

/** Deletes the secrets of a channel with their keys, but the newest `keeps`. */
export async function deleteChannelSecrets(
  tx: Tx,
  { ctx: { workspaceId }, channelId }: ChannelKey,
  { keeps }: { readonly keeps: number },
): Promise<void> {
  await sql`
    delete from channel_secrets s where s.workspace_id = ${workspaceId} and s.id in (
      select o.id from channel_secrets o
      where o.workspace_id = ${workspaceId} and o.channel_id = ${channelId}
      order by o.created_at desc, o.id desc offset ${keeps}::integer
    )`.execute(tx)
}

/** A page of the sealed secrets of all channels of a workspace, by id. */
export async function sealedChannelSecrets(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { after, limit, notUnder }: SecretPage,
) {
  const rows = await tx
    .selectFrom('channel_secrets as secret')
    .innerJoin('notification_channels as channel', (join) =>
      join.onRef('channel.workspace_id', '=', 'secret.workspace_id').onRef('channel.id', '=', 'secret.channel_id'),
    )
    .where('secret.workspace_id', '=', workspaceId)
    .$if(after !== null, (q) => q.where('secret.id', '>', after ?? ''))
    .$if(notUnder !== undefined, (q) => q.where('secret.key_version', 'is distinct from', notUnder ?? null))
    .select(['secret.id', 'secret.channel_id', 'secret.sealed', 'secret.wrapped_key', 'secret.key_version'])
    .select('channel.name as channel_name')
    .orderBy('secret.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    channelName: row.channel_name,
    stored: storedOf(row),
    place: { workspaceId, channelId: asId<ChannelId>(row.channel_id) },
  }))
}

/** Puts other sealed texts in the rows of these ids, as far as they are still there. */
export async function updateSealedChannels(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  secrets: readonly { readonly id: string; readonly stored: StoredSecret }[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update channel_secrets c set sealed = n.sealed, wrapped_key = n.wrapped_key, key_version = n.key_version
    from unnest(${secrets.map(({ id }) => id)}::uuid[], ${secrets.map(({ stored }) => stored.sealed)}::text[],
      ${secrets.map(({ stored }) => stored.wrappedKey)}::text[],
      ${secrets.map(({ stored }) => stored.keyVersion)}::integer[]) n (id, sealed, wrapped_key, key_version)
    where c.workspace_id = ${workspaceId} and c.id = n.id`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** How many secrets of channels of a workspace lie under which key. */
export async function keysOfChannels(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
): Promise<{ readonly keyVersion: number | null; readonly secrets: number }[]> {
  const rows = await tx
    .selectFrom('channel_secrets')
    .where('workspace_id', '=', workspaceId)
    .groupBy('key_version')
    .select(({ fn }) => ['key_version', fn.countAll<number>().as('secrets')])
    .execute()
  return rows.map(({ key_version: keyVersion, secrets }) => ({ keyVersion, secrets }))
}
