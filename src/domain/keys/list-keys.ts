import { countCredentialKeys } from '#domain/connections/credential-secrets.ts'
import { countChannelKeys } from '#domain/notifications/channel-secrets.ts'
import { eachWorkspace } from '#domain/keys/each-workspace.ts'
import { allKeys } from '#domain/keys/encryption-keys.store.ts'
import { stateOf } from '#domain/keys/encryption-key.ts'
import type { EncryptionKey, KeyState } from '#domain/keys/encryption-key.ts'
import { findPublicText } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'

/** `other`: a private key of that version lies here, and it is not the one that belongs to the public key. */
export type PrivateHalf = 'here' | 'missing' | 'other'

/** A key pair as every host sees it. */
export interface KeyUse extends EncryptionKey {
  readonly state: KeyState
  /** Secrets that lie under it. */
  readonly secrets: number
}

export interface KeyView extends KeyUse {
  readonly privateHalf: PrivateHalf
}

export interface KeyOverview<Key extends KeyUse = KeyView> {
  readonly keys: readonly Key[]
  /** Secrets that were sealed before there were key pairs. */
  readonly first: number
}

/** Every key pair, what lies under it, and whether this host has its private half. Needs no private key. */
export async function listKeys(db: Database, place: KeyPlace): Promise<KeyOverview> {
  const { keys, first } = await listKeyUses(db)
  return { keys: keys.map((key) => ({ ...key, privateHalf: privateHalfOf(place, key) })), first }
}

/** Every key pair and what lies under it. */
export async function listKeyUses(db: Database): Promise<KeyOverview<KeyUse>> {
  const all = await allKeys(db)
  const uses = await countUses(db)
  const keys = all.map((key) => ({ ...key, state: stateOf(key, all), secrets: uses.get(key.version) ?? 0 }))
  return { keys, first: uses.get(null) ?? 0 }
}

/** Secrets by the version they lie under; null for those from before. */
export async function countUses(db: Database): Promise<ReadonlyMap<number | null, number>> {
  const uses = new Map<number | null, number>()
  for await (const ctx of eachWorkspace(db)) {
    const counts = await inWorkspace(db, ctx, async (tx) => [
      ...(await countCredentialKeys(tx, ctx)),
      ...(await countChannelKeys(tx, ctx)),
    ])
    for (const { keyVersion, secrets } of counts) uses.set(keyVersion, (uses.get(keyVersion) ?? 0) + secrets)
  }
  return uses
}

function privateHalfOf(place: KeyPlace, { version, publicText }: EncryptionKey): PrivateHalf {
  const found = findPublicText(place, version)
  if (found === undefined) return 'missing'
  return found === publicText ? 'here' : 'other'
}
