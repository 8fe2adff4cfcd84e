import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { decrypt, encrypt, keyBytes } from '#foundation/crypto/aes-gcm.ts'
import { makeKeyFile, readKeyFile } from '#foundation/crypto/key-file.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** Seals what the same host opens again. `aad` says what a secret belongs to; it opens for that alone. */
export interface SecretBox {
  seal(plain: string, aad: string): string
  /** @throws Failure `damaged` when it was altered, or sealed for something else or with another key */
  open(sealed: string, aad: string): string
}

const prefix = 'b1.'

/**
 * AES-256-GCM under the key in `keyFile`, made when something is first sealed, readable by its owner only. Hosts that
 * serve the same database share the file.
 */
export function createSecretBox({ keyFile }: { readonly keyFile: string }): SecretBox {
  return {
    seal: (plain, aad) => {
      if (!existsSync(keyFile)) makeKeyFile(keyFile, `${randomBytes(keyBytes).toString('base64url')}\n`)
      return prefix + encrypt(readKey(keyFile), Buffer.from(plain), prefix + aad).toString('base64url')
    },
    open: (sealed, aad) => {
      const key = readKey(keyFile)
      try {
        if (!sealed.startsWith(prefix)) throw new RangeError('not sealed by this')
        return decrypt(key, Buffer.from(sealed.slice(prefix.length), 'base64url'), prefix + aad).toString()
      } catch (cause) {
        throw new Failure('damaged', `A stored secret does not open with ${keyFile}.`, { cause })
      }
    },
  }
}

function readKey(keyFile: string): Buffer {
  const key = Buffer.from(readKeyFile(keyFile).trim(), 'base64url')
  if (key.length === keyBytes) return key
  throw new Failure(
    'data_directory_damaged',
    `The key file ${keyFile} does not hold a key: bring it back from a backup.`,
  )
}
