import { activateKey, allKeys, insertKey } from '#domain/keys/encryption-keys.store.ts'
import { findPublicText, makeKeyFiles } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface RotatedKey {
  readonly version: number
  /** False: it was only prepared. */
  readonly isActive: boolean
}

/**
 * Makes a new key pair on this host and seals with it from now on. `prepareOnly`: the private half is made, and not yet
 * sealed with, so that it can be copied to every host first; the next rotation then activates it instead of making one.
 * @throws Failure `missing_configuration` when the prepared one is not on this host, `conflict` when somebody else rotates
 */
export async function rotateKey(
  db: Database,
  keys: KeyPlace,
  { prepareOnly = false }: { readonly prepareOnly?: boolean } = {},
): Promise<RotatedKey> {
  const all = await allKeys(db)
  const prepared = all.findLast(({ activatedAt }) => activatedAt === null)
  const version = prepared?.version ?? (all.at(-1)?.version ?? 0) + 1
  if (prepared === undefined) {
    const publicText = makeKeyFiles(keys, version)
    if (!(await insertKey(db, { version, publicText })))
      throw new Failure(
        'conflict',
        `Somebody else makes version ${version} at this moment; look at \`tenantatlas key list\`.`,
      )
  } else if (findPublicText(keys, version) !== prepared.publicText)
    throw new Failure(
      'missing_configuration',
      `Version ${version} was prepared on another host: copy keys/credentials.${version}.private here first.`,
    )
  if (!prepareOnly) await activateKey(db, version)
  return { version, isActive: !prepareOnly }
}
