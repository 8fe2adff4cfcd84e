import { activateKey, allKeys, insertKey } from '#domain/keys/encryption-keys.store.ts'
import { makeKeyFiles } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import type { Database } from '#foundation/db/database.ts'

/**
 * Makes the first key pair of an installation that has none. Where there is one, nothing is made: a private half that is
 * missing here lies on another host.
 */
export async function ensureKey(db: Database, keys: KeyPlace): Promise<void> {
  if ((await allKeys(db)).length > 0) return
  // The file first: a public key whose private half was never written would seal what nobody opens.
  const publicText = makeKeyFiles(keys, 1)
  if (await insertKey(db, { version: 1, publicText })) await activateKey(db, 1)
}
