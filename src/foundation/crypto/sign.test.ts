import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createSigner, readSigningKeys } from '#foundation/crypto/sign.ts'
import { useSigner } from '#foundation/crypto/sign-testing.ts'

const signer = useSigner()

describe('createSigner()', () => {
  test('makes a key when something is first signed, for its owner only, and publishes the other half', () => {
    const { keyFile, publicKeyFile } = signer.files
    expect(() => statSync(keyFile)).toThrow('ENOENT')
    const { keyId, signature } = signer.sign('a text')
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect(readFileSync(publicKeyFile, 'utf8')).not.toContain('PRIVATE')
    const keys = readSigningKeys([publicKeyFile])
    expect(keys.verify(keyId, 'a text', signature)).toBe(true)
    expect(keys.verify(keyId, 'another text', signature)).toBe(false)
    expect(keys.verify(keyId, 'a text', Buffer.alloc(64).toString('base64'))).toBe(false)
    expect(keys.verify('0123456789abcdef', 'a text', signature)).toBe(false)
  })

  test('signs with the key there is, also after a restart, and publishes it once', () => {
    const { keyId } = signer.sign('a text')
    const again = createSigner(signer.files)
    expect(again.sign('a text').keyId).toBe(keyId)
    expect(readFileSync(signer.files.publicKeyFile, 'utf8').match(/BEGIN/g)).toHaveLength(1)
  })

  test('after its key was lost signs with a new one, and what the old one signed stays checkable', () => {
    const old = signer.sign('a text')
    rmSync(signer.files.keyFile)
    const fresh = createSigner(signer.files).sign('a text')
    expect(fresh.keyId).not.toBe(old.keyId)
    for (const { keyId, signature } of [old, fresh]) expect(signer.keys().verify(keyId, 'a text', signature)).toBe(true)
  })

  test('refuses a damaged key file, without a word of what stands in it', () => {
    writeFileSync(signer.files.keyFile, 'not a key')
    expect(() => createSigner(signer.files).sign('a text')).toThrow(/does not hold an Ed25519 key: bring it back/)
  })
})

describe('readSigningKeys()', () => {
  test('knows none where there is no file, and refuses one that is damaged', () => {
    expect(readSigningKeys(['/nowhere/audit.pub']).has('0123456789abcdef')).toBe(false)
    const block = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'
    writeFileSync(signer.files.publicKeyFile, block)
    expect(() => readSigningKeys([signer.files.publicKeyFile])).toThrow(/does not hold public Ed25519 keys/)
  })
})
