/** The secrets of channels: each is a row of its own, which commands put there and only workers read. */
import { sealingKey } from '#domain/keys/sealing-key.ts'
import type { PlacedSecret, SecretHolder, SecretPage } from '#domain/keys/placed-secret.ts'
import { channelPlaceText, sealChannelSecret } from '#domain/notifications/channel.ts'
import type { ChannelPlace, ChannelSecret } from '#domain/notifications/channel.ts'
import {
  deleteChannelSecrets,
  insertChannelSecret,
  keysOfChannels,
  sealedChannelSecrets,
  updateSealedChannels,
} from '#domain/notifications/channel-secrets.store.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'

/** Seals and stores it in the place of what there was; the last one stays too when `alsoKeepsLast`. */
export async function keepChannelSecret(
  tx: Tx,
  place: ChannelPlace,
  secret: ChannelSecret,
  { alsoKeepsLast = false }: { readonly alsoKeepsLast?: boolean } = {},
): Promise<void> {
  const stored = sealChannelSecret(secret, place, await sealingKey(tx))
  await deleteChannelSecrets(tx, place, { keeps: alsoKeepsLast ? 1 : 0 })
  await insertChannelSecret(tx, place, stored)
}

export async function dropChannelSecrets(tx: Tx, place: ChannelPlace): Promise<void> {
  await deleteChannelSecrets(tx, place, { keeps: 0 })
}

/** For whoever re-wraps and checks all that is sealed. */
export async function channelSecrets(
  tx: Tx,
  ctx: { readonly workspaceId: WorkspaceId },
  page: SecretPage,
): Promise<PlacedSecret[]> {
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
