import { decrypt } from '#foundation/crypto/aes-gcm.ts'
import { unwrapKey } from '#foundation/crypto/key-pair.ts'
import { findPrivateKey, readFirstKey } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import { sealedAad, seal, wrapFor, wrappedAad } from '#foundation/crypto/seal.ts'
import type { SealingKey, StoredSecret } from '#foundation/crypto/seal.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** Opens what was sealed: only in processes that make tokens and send notifications. */
export interface Opener {
  /**
   * @throws Failure `damaged` when it was altered, sealed for another place, or with another key; `missing_configuration`
   * when its private key is not here
   */
  open(stored: StoredSecret, place: string): string
  /** The same secret under another key pair; its text stays as it is and is not opened, unless it is `v1.`. */
  rewrap(stored: StoredSecret, place: string, key: SealingKey): StoredSecret
}

/** Opens with the private keys in `keys`, which are read when they are first needed. */
export function createOpener(keys: KeyPlace): Opener {
  const open = (stored: StoredSecret, place: string) =>
    isFirst(stored) ? openFirst(keys, stored.sealed, place) : openEnvelope(keys, stored, place)
  return {
    open,
    rewrap: (stored, place, key) =>
      isFirst(stored)
        ? seal(open(stored, place), place, key)
        : { sealed: stored.sealed, ...wrapFor(dataKeyOf(keys, stored, place), place, key) },
  }
}

/** Of a process that has the public key only. */
export const closedOpener: Opener = { open: refuse, rewrap: refuse }

function refuse(): never {
  throw new Failure(
    'missing_configuration',
    'This process has no private key and opens nothing: a worker does (`tenantatlas work`, `tenantatlas up`).',
  )
}

function isFirst({ sealed }: StoredSecret): boolean {
  return sealed.startsWith('v1.')
}

function openEnvelope(keys: KeyPlace, stored: StoredSecret, place: string): string {
  const dataKey = dataKeyOf(keys, stored, place)
  try {
    return decrypt(dataKey, bodyOf(stored.sealed, 'v2'), sealedAad(place)).toString('utf8')
  } catch (cause) {
    throw unopened(cause)
  } finally {
    dataKey.fill(0)
  }
}

function dataKeyOf(keys: KeyPlace, { wrappedKey }: StoredSecret, place: string): Buffer {
  const version = Number(/^(\d{1,9})\./.exec(wrappedKey ?? '')?.[1])
  if (wrappedKey === null || !(version > 0)) throw unopened()
  const privateKey = findPrivateKey(keys, version)
  if (privateKey === undefined)
    throw new Failure(
      'missing_configuration',
      `The private key of version ${version} is not there: copy keys/credentials.${version}.private from the host that has it.`,
    )
  try {
    return unwrapKey(bodyOf(wrappedKey, String(version)), privateKey, wrappedAad(place, version))
  } catch (cause) {
    throw unopened(cause)
  }
}

/** What was sealed before there were key pairs: AES-256-GCM under one key for everything. */
function openFirst(keys: KeyPlace, sealed: string, place: string): string {
  const key = readFirstKey(keys)
  try {
    return decrypt(key, bodyOf(sealed, 'v1'), `v1|${place}`).toString('utf8')
  } catch (cause) {
    throw unopened(cause)
  }
}

function bodyOf(text: string, prefix: string): Buffer {
  const body = text.startsWith(`${prefix}.`) ? text.slice(prefix.length + 1) : ''
  const bytes = Buffer.from(body, 'base64url')
  // Buffer passes over what is no base64url; a text that says more than its bytes was altered.
  if (bytes.toString('base64url') !== body) throw new RangeError('not base64url')
  return bytes
}

function unopened(cause?: unknown): Failure {
  return new Failure(
    'damaged',
    'A stored credential does not open with the keys of this host: bring the right key back, or enter it again.',
    { cause },
  )
}
