/**
 * Private keys in files: `credentials.<version>.private` in the data directory, and a file the environment names, which
 * may hold several. Both are text that names its version above the key, in PKCS#8 PEM.
 */
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyBytes } from '#foundation/crypto/aes-gcm.ts'
import { createKeyPair, publicText } from '#foundation/crypto/key-pair.ts'
import { makeKeyFile, readKeyFile } from '#foundation/crypto/key-file.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface KeyPlace {
  /** `keys` in the data directory. */
  readonly directory: string
  /** TENANTATLAS_CREDENTIALS_KEY_FILE, read before the directory. */
  readonly file?: string | undefined
}

/** The private key of that version, if it is here. @throws Failure when a key file holds no key */
export function findPrivateKey({ directory, file }: KeyPlace, version: number): KeyObject | undefined {
  const paths = [...(file === undefined ? [] : [file]), privateFile(directory, version)]
  for (const path of paths) {
    const found = existsSync(path) ? keysIn(path).get(version) : undefined
    if (found !== undefined) return found
  }
  if (file !== undefined && !existsSync(file))
    throw new Failure('missing_configuration', `The key file ${file} (TENANTATLAS_CREDENTIALS_KEY_FILE) is not there.`)
  return undefined
}

/** Its public half as text, if the private one is here. */
export function findPublicText(keys: KeyPlace, version: number): string | undefined {
  const key = findPrivateKey(keys, version)
  return key && publicText(key)
}

/**
 * Makes a key pair, readable by its owner only, and resolves to the public half; a key of that version that is here
 * already is kept.
 */
export function makeKeyFiles(keys: KeyPlace, version: number): string {
  const present = findPublicText(keys, version)
  if (present !== undefined) return present
  const { privateKey } = createKeyPair()
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  makeKeyFile(privateFile(keys.directory, version), `${heading(version)}\n${pem}`, 0o600)
  // Of two processes that made it at once, both use the one that is there now.
  const made = findPublicText(keys, version) ?? ''
  makeKeyFile(publicFile(keys.directory, version), `${heading(version)}, public\n${made}\n`, 0o644)
  return made
}

/** Overwrites and removes the private key of that version in the directory. Says whether there was one. */
export function destroyPrivateKey({ directory }: KeyPlace, version: number): boolean {
  const path = privateFile(directory, version)
  if (!existsSync(path)) return false
  writeFileSync(path, randomBytes(statSync(path).size), { flush: true })
  rmSync(path)
  read.delete(path)
  return true
}

export function privateFile(directory: string, version: number): string {
  return join(directory, `credentials.${version}.private`)
}

/** The one key of installations before there were key pairs. @throws Failure when it is not here */
export function readFirstKey({ directory }: KeyPlace): Buffer {
  const path = join(directory, 'credentials.key')
  const key = Buffer.from(readKeyFile(path).trim(), 'base64url')
  if (key.length === keyBytes) return key
  throw damagedFile(path)
}

function publicFile(directory: string, version: number): string {
  return join(directory, `credentials.${version}.public`)
}

function heading(version: number): string {
  return `TenantAtlas credentials key, version ${version}`
}

// Files are read again when they change, so that a key that was copied here is found by a process that runs.
const read = new Map<string, { readonly changedAtMs: number; readonly keys: ReadonlyMap<number, KeyObject> }>()

function keysIn(path: string): ReadonlyMap<number, KeyObject> {
  const changedAtMs = statSync(path).mtimeMs
  const known = read.get(path)
  if (known?.changedAtMs === changedAtMs) return known.keys
  const keys = parseKeys(path, readKeyFile(path))
  read.set(path, { changedAtMs, keys })
  return keys
}

const block = /version (\d{1,9})\s+(-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----)/g

function parseKeys(path: string, text: string): ReadonlyMap<number, KeyObject> {
  const keys = new Map<number, KeyObject>()
  for (const [, version, pem = ''] of text.matchAll(block)) keys.set(Number(version), parseKey(path, pem))
  if (keys.size === 0) throw damagedFile(path)
  return keys
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (createPublicKey(key).asymmetricKeyType === 'x25519') return key
  } catch {
    // OpenSSL's words might quote what they could not read.
  }
  throw damagedFile(path)
}

function damagedFile(path: string): Failure {
  return new Failure('data_directory_damaged', `The key file ${path} does not hold a key: bring it back from a backup.`)
}
