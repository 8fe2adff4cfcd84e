import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeKeyFiles } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import { createOpener } from '#foundation/crypto/open.ts'
import type { Database } from '#foundation/db/database.ts'

/** Test only: an empty place for private keys. */
export function givenKeyPlace(): KeyPlace {
  const directory = join(mkdtempSync(join(tmpdir(), 'tenantatlas-keys-')), 'keys')
  mkdirSync(directory)
  return { directory }
}

/** Test only: where the private keys of the tests of this process lie. */
export const testKeys = givenKeyPlace()

/** Test only: what opens what the tests of this process seal. */
export const testOpener = createOpener(testKeys)

/** Test only: the public key of `testKeys` in a database, so that secrets can be sealed there. */
export async function givenSealingKey(owner: Database, keys: KeyPlace = testKeys): Promise<void> {
  await owner
    .insertInto('encryption_keys')
    .values({ version: 1, public_key: makeKeyFiles(keys, 1), activated_at: new Date() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
