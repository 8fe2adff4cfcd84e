import { activeVersion } from '#domain/keys/encryption-key.ts'
import { allKeys, markRetired } from '#domain/keys/encryption-keys.store.ts'
import { countUses } from '#domain/keys/list-keys.ts'
import { destroyPrivateKey } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Ends a key pair under which nothing lies any more, and destroys its private half on this host. Says whether it was
 * here. Repeated on another host, it destroys that one's.
 * @throws Failure `not_found`; `invalid_state` for the one that seals, one that never did, or while secrets lie under it
 */
export async function retireKey(db: Database, place: KeyPlace, version: number): Promise<boolean> {
  const all = await allKeys(db)
  const key = all.find((candidate) => candidate.version === version)
  if (key === undefined) throw new Failure('not_found', `There is no key of version ${version}.`)
  if (key.activatedAt === null)
    throw refusal(`Version ${version} was never sealed with; activate it with \`key rotate\`.`)
  if (version === activeVersion(all)) throw refusal(`Version ${version} is what secrets are sealed with: rotate first.`)
  const secrets = (await countUses(db)).get(version) ?? 0
  if (secrets > 0)
    throw refusal(`${secrets} secrets still lie under version ${version}: run \`tenantatlas key rewrap\` first.`)
  await markRetired(db, version)
  return destroyPrivateKey(place, version)
}

function refusal(message: string): Failure {
  return new Failure('invalid_state', message)
}
