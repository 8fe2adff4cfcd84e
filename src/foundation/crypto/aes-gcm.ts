import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const keyBytes = 32
export const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM under a random nonce of 96 bits: nonce, tag and ciphertext. */
export function encrypt(key: Buffer, plain: Buffer, aad: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(aad))
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
}

/** @throws when a bit of it, the key or `aad` is another one */
export function decrypt(key: Buffer, bytes: Buffer, aad: string): Buffer {
  if (bytes.length < nonceBytes + tagBytes) throw new RangeError('too short to be encrypted text')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
}
