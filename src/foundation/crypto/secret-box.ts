import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { decrypt, encrypt, keyBytes } from '#foundation/crypto/aes-gcm.ts'
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
      if (!existsSync(keyFile)) makeKey(keyFile)
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

/** Written aside and then linked to its name: of two processes that make it at once, both use the first one, whole. */
function makeKey(keyFile: string): void {
  const aside = `${keyFile}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(dirname(keyFile), { recursive: true })
    writeFileSync(aside, `${randomBytes(keyBytes).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    linkSync(aside, keyFile)
  } catch (cause) {
    if (!existsSync(keyFile))
      throw new Failure('missing_configuration', `The key file ${keyFile} cannot be made.`, { cause })
  } finally {
    rmSync(aside, { force: true })
  }
}

function readKey(keyFile: string): Buffer {
  if (!existsSync(keyFile)) throw new Failure('missing_configuration', `The key file ${keyFile} is not there.`)
  const key = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'base64url')
  if (key.length === keyBytes) return key
  throw new Failure(
    'data_directory_damaged',
    `The key file ${keyFile} does not hold a key: bring it back from a backup.`,
  )
}
