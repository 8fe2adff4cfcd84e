import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readPublicKeys } from '#entrypoints/cli/audit/read-public-keys.ts'

const newKey = () => generateKeyPairSync('ed25519').publicKey
const pem = (key: ReturnType<typeof newKey>) => key.export({ type: 'spki', format: 'pem' }).toString()

describe('readPublicKeys()', () => {
  test('reads every key of an audit.pub as the server takes it', () => {
    const keys = [newKey(), newKey()]
    const read = readPublicKeys(keys.map(pem).join('\n'), 'audit.pub')
    const again = read.map((der) => createPublicKey({ key: Buffer.from(der, 'base64'), format: 'der', type: 'spki' }))
    expect(again.map(pem)).toEqual(keys.map(pem))
  })

  test('names a file without a key, and one whose key cannot be read', () => {
    expect(() => readPublicKeys('nothing', 'other.txt')).toThrow('other.txt has no public key')
    const broken = '-----BEGIN PUBLIC KEY-----\nnothing\n-----END PUBLIC KEY-----'
    expect(() => readPublicKeys(broken, 'broken.pub')).toThrow('broken.pub has a public key that cannot be read')
  })
})
