import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { makeKeyFile, readKeyFile } from '#foundation/crypto/key-file.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** Signs texts with the key of this installation. */
export interface Signer {
  /** The signature in base64, and which key made it. @throws Failure `missing_configuration`, `data_directory_damaged` */
  sign(text: string): { readonly keyId: string; readonly signature: string }
}

/** Public keys by which signatures are checked. */
export interface SigningKeys {
  has(keyId: string): boolean
  /** Whether the key of that id signed the text; false for a key that is not among them. */
  verify(keyId: string, text: string, signature: string): boolean
}

export interface SignerFiles {
  /** The private key, readable by its owner only. Made when something is first signed. */
  readonly keyFile: string
  /** The public key, for whoever checks; keys that were used before stay in it. */
  readonly publicKeyFile: string
}

/** Ed25519. Whoever loses the private key signs with another from then on; what was signed stays checkable. */
export function createSigner(files: SignerFiles): Signer {
  let held: { readonly key: KeyObject; readonly keyId: string } | undefined
  return {
    sign(text) {
      held ??= holdKey(files)
      return { keyId: held.keyId, signature: sign(null, Buffer.from(text), held.key).toString('base64') }
    },
  }
}

function holdKey({ keyFile, publicKeyFile }: SignerFiles) {
  if (!existsSync(keyFile)) makeKeyFile(keyFile, newKey())
  const key = privateKeyOf(keyFile)
  const publicKey = createPublicKey(key)
  const keyId = keyIdOf(publicKey)
  if (!readSigningKeys([publicKeyFile]).has(keyId)) publish(publicKeyFile, publicKey)
  return { key, keyId }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function privateKeyOf(keyFile: string): KeyObject {
  const text = readKeyFile(keyFile)
  try {
    const key = createPrivateKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below: what the text holds stays out of messages.
  }
  throw new Failure(
    'data_directory_damaged',
    `The key file ${keyFile} does not hold an Ed25519 key: bring it back from a backup.`,
  )
}

function publish(publicKeyFile: string, publicKey: KeyObject): void {
  try {
    appendFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 })
  } catch (error) {
    throw new Failure('missing_configuration', `The key file ${publicKeyFile} cannot be written.`, { cause: error })
  }
}

/** The first 16 hexadecimal digits of the SHA-256 of the public key (SPKI, DER). */
function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}

const pemBlock = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g

/**
 * The public keys of these files, each any number of PEM blocks. A file that is not there has none.
 * @throws Failure `data_directory_damaged` for a block that is no Ed25519 key
 */
export function readSigningKeys(files: readonly string[]): SigningKeys {
  return signingKeys(files.filter(existsSync).flatMap(publicKeysIn))
}

/**
 * These public keys, each in base64 as between the lines of its PEM block (SPKI, DER).
 * @throws Failure `invalid_input` for one that is no Ed25519 key
 */
export function parseSigningKeys(publicKeys: readonly string[]): SigningKeys {
  return signingKeys(publicKeys.map(publicKeyOf))
}

function publicKeyOf(text: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below.
  }
  throw new Failure(
    'invalid_input',
    'A public key is not an Ed25519 key: give what stands between the lines of audit.pub.',
  )
}

function signingKeys(publicKeys: readonly KeyObject[]): SigningKeys {
  const keys = new Map(publicKeys.map((key) => [keyIdOf(key), key]))
  return {
    has: (keyId) => keys.has(keyId),
    verify(keyId, text, signature) {
      const key = keys.get(keyId)
      return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
    },
  }
}

function publicKeysIn(file: string): KeyObject[] {
  try {
    const keys = (readFileSync(file, 'utf8').match(pemBlock) ?? []).map((pem) => createPublicKey(pem))
    if (keys.every(({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519')) return keys
  } catch (error) {
    throw notPublic(file, error)
  }
  throw notPublic(file)
}

function notPublic(file: string, cause?: unknown): Failure {
  const message = `${file} does not hold public Ed25519 keys: bring it back from a backup, or take it from the host that signs.`
  return new Failure('data_directory_damaged', message, { cause })
}
