import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { makeKeyFile, readKeyFile } from '#foundation/crypto/key-file.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** Encrypts secrets for storage. `aad` says what a secret belongs to; sealed for one thing, it opens for that one only. */
export interface Sealer {
  seal(plain: string, aad: string): string
  /**
   * @throws Failure `damaged` when the text was altered, sealed for something else, or sealed with another key;
   * `missing_configuration` when there is no key here
   */
  open(sealed: string, aad: string): string
}

const version = 'v1'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/**
 * AES-256-GCM under the key in `keyFile`, which is made when something is first sealed, readable by its owner only.
 * Sealed text is `v1.<nonce, tag and ciphertext in base64url>`. Whoever loses the file loses what was sealed.
 */
export function createSealer({ keyFile }: { keyFile: string }): Sealer {
  let key = existsSync(keyFile) ? readKey(keyFile) : undefined
  const keyMade = () => {
    if (!existsSync(keyFile)) makeKeyFile(keyFile, `${randomBytes(keyBytes).toString('base64url')}\n`)
    return readKey(keyFile)
  }
  // A host that only opens never makes a key of its own: the one that is missing here lies on another host.
  const keyThere = () => {
    if (existsSync(keyFile)) return readKey(keyFile)
    throw new Failure('missing_configuration', `The key file ${keyFile} is not there.`)
  }
  return {
    seal: (plain, aad) => seal((key ??= keyMade()), plain, aad),
    open: (sealed, aad) => open((key ??= keyThere()), sealed, aad),
  }
}

function seal(key: Buffer, plain: string, aad: string): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(`${version}|${aad}`))
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`
}

function open(key: Buffer, sealed: string, aad: string): string {
  const [prefix, body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  if (prefix !== version || bytes.length < nonceBytes + tagBytes) throw unopened()
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(`${version}|${aad}`))
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
  try {
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    throw unopened(error)
  }
}

function unopened(cause?: unknown): Failure {
  return new Failure(
    'damaged',
    'A stored credential does not open with the key file of this installation: enter it again.',
    { cause },
  )
}

function readKey(keyFile: string): Buffer {
  const key = Buffer.from(readKeyFile(keyFile).trim(), 'base64url')
  if (key.length === keyBytes) return key
  throw new Failure(
    'data_directory_damaged',
    `The key file ${keyFile} does not hold a key: bring it back from a backup.`,
  )
}
