import { activeKeyForSealing } from '#domain/keys/encryption-keys.store.ts'
import { readPublicText } from '#foundation/crypto/key-pair.ts'
import type { SealingKey } from '#foundation/crypto/seal.ts'
import type { Tx } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * The public key to seal with, for the transaction that stores what is sealed. Any process can have it; it opens nothing.
 * @throws Failure `missing_configuration` when the installation has no key yet
 */
export async function sealingKey(tx: Tx): Promise<SealingKey> {
  const key = await activeKeyForSealing(tx)
  if (key !== undefined) return { version: key.version, publicKey: readPublicText(key.publicText) }
  throw new Failure(
    'missing_configuration',
    'There is no key to seal with yet: start `tenantatlas work` once, or run `tenantatlas key rotate`, on a host that works.',
  )
}
