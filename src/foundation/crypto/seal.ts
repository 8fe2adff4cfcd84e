import { randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { encrypt, keyBytes } from '#foundation/crypto/aes-gcm.ts'
import { wrapKey } from '#foundation/crypto/key-pair.ts'

/** A secret as it is stored. Its two texts belong together: without the wrapped key the sealed text is noise. */
export interface StoredSecret {
  /** `v2.` and base64url. `v1.`: sealed under the one key that installations had before. */
  readonly sealed: string
  /** The key of this text alone, as `<version of the key pair>.` and base64url; null for `v1.`. */
  readonly wrappedKey: string | null
  /** Of the key pair that unwraps it; null for `v1.`. */
  readonly keyVersion: number | null
}

/** The public half that secrets are sealed with now. */
export interface SealingKey {
  readonly version: number
  readonly publicKey: KeyObject
}

/**
 * Seals a secret under a data key of its own. `place` says what it belongs to (workspace, tenant, connection, field);
 * sealed for one place, it opens there only.
 */
export function seal(plain: string, place: string, key: SealingKey): StoredSecret {
  const dataKey = randomBytes(keyBytes)
  const sealed = `v2.${encrypt(dataKey, Buffer.from(plain), sealedAad(place)).toString('base64url')}`
  return { sealed, ...wrapFor(dataKey, place, key) }
}

/** Wraps the data key of a place, which is wiped. */
export function wrapFor(dataKey: Buffer, place: string, { version, publicKey }: SealingKey) {
  const wrapped = wrapKey(dataKey, publicKey, wrappedAad(place, version))
  dataKey.fill(0)
  return { wrappedKey: `${version}.${wrapped.toString('base64url')}`, keyVersion: version }
}

export function sealedAad(place: string): string {
  return `v2|${place}`
}

export function wrappedAad(place: string, version: number): string {
  return `v2|${place}|${version}`
}
