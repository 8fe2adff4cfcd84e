/**
 * The key pair under which data keys lie: whoever has the public half wraps, only the private half unwraps. Each wrap is
 * an agreement with a key made for it alone (X25519, HKDF-SHA256), and AES-256-GCM under what was agreed on.
 */
import { createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { decrypt, encrypt, keyBytes } from '#foundation/crypto/aes-gcm.ts'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function createKeyPair(): KeyPair {
  return generateKeyPairSync('x25519')
}

const publicBytes = 32
// What stands before the key itself in the DER form of every X25519 public key (RFC 8410).
const derPrefix = Buffer.from('302a300506032b656e032100', 'hex')

/** The public half as text of one line. */
export function publicText(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return publicBytesOf(publicKey).toString('base64url')
}

/** @throws when the text is no public key */
export function readPublicText(text: string): KeyObject {
  return publicKeyOf(Buffer.from(text, 'base64url'))
}

/** Wraps a data key for whoever has the private half; `aad` says what it belongs to. */
export function wrapKey(dataKey: Buffer, publicKey: KeyObject, aad: string): Buffer {
  const ephemeral = createKeyPair()
  const agreed = agree(ephemeral.privateKey, publicKey, [publicBytesOf(ephemeral.publicKey), publicBytesOf(publicKey)])
  return Buffer.concat([publicBytesOf(ephemeral.publicKey), encrypt(agreed, dataKey, aad)])
}

/** @throws when it was altered, wrapped for another key or for something else */
export function unwrapKey(wrapped: Buffer, privateKey: KeyObject, aad: string): Buffer {
  const theirs = wrapped.subarray(0, publicBytes)
  const ours = publicBytesOf(createPublicKey(privateKey))
  const dataKey = decrypt(agree(privateKey, publicKeyOf(theirs), [theirs, ours]), wrapped.subarray(publicBytes), aad)
  if (dataKey.length !== keyBytes) throw new RangeError('not a data key')
  return dataKey
}

/** Both halves go into what is agreed on, so that nobody can pass a wrap off as one for another key. */
function agree(privateKey: KeyObject, publicKey: KeyObject, halves: readonly Buffer[]): Buffer {
  const shared = diffieHellman({ privateKey, publicKey })
  const info = Buffer.concat([Buffer.from('tenantatlas data key v2'), ...halves])
  return Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), info, keyBytes))
}

function publicBytesOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(derPrefix.length)
}

function publicKeyOf(bytes: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([derPrefix, bytes]), format: 'der', type: 'spki' })
}
