/** The secrets of channels: each is a row of its own, which commands put there and only workers read. */
import { sealingKey } from '#domain/keys/sealing-key.ts'
import type { PlacedSecret, SecretHolder, SecretPage } from '#domain/keys/placed-secret.ts'
import { channelPlaceText, sealChannelSecret } from '#domain/notifications/channel.ts'
import type { ChannelSecret } from '#domain/notifications/channel.ts'
import {
  deleteChannelSecrets,
  insertChannelSecret,
  keysOfChannels,
  sealedChannelSecrets,
  updateSealedChannels,
} from '#domain/notifications/channel-secrets.store.ts'
import type { ChannelKey } from '#domain/notifications/delivery.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** Seals and stores it in the place of what there was; the last one stays too when `alsoKeepsLast`. */
export async function keepChannelSecret(
  tx: Tx,
  key: ChannelKey,
  secret: ChannelSecret,
  { alsoKeepsLast = false }: { readonly alsoKeepsLast?: boolean } = {},
): Promise<void> {
  const place = { workspaceId: key.ctx.workspaceId, channelId: key.channelId }
  const stored = sealChannelSecret(secret, place, await sealingKey(tx))
  await deleteChannelSecrets(tx, key, { keeps: alsoKeepsLast ? 1 : 0 })
  await insertChannelSecret(tx, key, stored)
}

export async function dropChannelSecrets(tx: Tx, key: ChannelKey): Promise<void> {
  await deleteChannelSecrets(tx, key, { keeps: 0 })
}

/** For whoever re-wraps and checks all that is sealed. */
export async function channelSecrets(tx: Tx, ctx: WorkspaceContext, page: SecretPage): Promise<PlacedSecret[]> {
  const rows = await sealedChannelSecrets(tx, ctx, page)
  return rows.map(({ id, stored, place, channelName }) => ({
    id,
    stored,
    place: channelPlaceText(place),
    label: `the channel "${channelName}"`,
  }))
}

export const replaceChannelSecrets: SecretHolder['replace'] = updateSealedChannels

export const countChannelKeys = keysOfChannels
