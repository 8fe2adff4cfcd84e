import { createCipheriv, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encrypt, nonceBytes } from '#foundation/crypto/aes-gcm.ts'
import { destroyPrivateKey, findPublicText, makeKeyFiles, privateFile } from '#foundation/crypto/key-files.ts'
import type { KeyPlace } from '#foundation/crypto/key-files.ts'
import { readPublicText } from '#foundation/crypto/key-pair.ts'
import { closedOpener, createOpener } from '#foundation/crypto/open.ts'
import { seal } from '#foundation/crypto/seal.ts'
import type { SealingKey, StoredSecret } from '#foundation/crypto/seal.ts'

let root: string
let keys: KeyPlace

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tenantatlas-seal-'))
})
afterAll(() => rmSync(root, { recursive: true }))
beforeEach(() => {
  keys = { directory: mkdtempSync(join(root, 'keys-')) }
})

/** All that a process needs that only seals. */
function sealingKey(version = 1): SealingKey {
  return { version, publicKey: readPublicText(makeKeyFiles(keys, version)) }
}

const damaged = expect.objectContaining({ reason: 'damaged' })
const notConfigured = (text: string) =>
  expect.objectContaining({ reason: 'missing_configuration', message: expect.stringContaining(text) })

describe('seal()', () => {
  test('makes what opens in its place, and never the same twice', () => {
    const key = sealingKey()
    const opener = createOpener(keys)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, place) => {
        const stored = seal(plain, place, key)
        expect(opener.open(stored, place)).toBe(plain)
        const again = seal(plain, place, key)
        expect([again.sealed, again.wrappedKey]).not.toContain(stored.sealed)
        expect(again.wrappedKey).not.toBe(stored.wrappedKey)
      }),
    )
  })

  test('needs no private key, and whoever has none opens nothing', () => {
    const key = sealingKey()
    rmSync(keys.directory, { recursive: true })
    const stored = seal('secret', 'place', key)
    expect(() => createOpener(keys).open(stored, 'place')).toThrow(notConfigured('private key of version 1'))
    expect(() => closedOpener.open(stored, 'place')).toThrow(notConfigured('no private key'))
    expect(existsSync(keys.directory)).toBe(false)
  })
})

/** Of four workspaces with five tenants each, and every field of them. */
function givenSecrets(key: SealingKey, count: number) {
  return Array.from({ length: count }, (_, n) => {
    const place = [`workspace-${n % 4}`, `tenant-${n % 20}`, `connection-${n}`, n % 2 === 0 ? 'reader' : 'writer'].join(
      '|',
    )
    return { place, plain: `secret-${n}`, stored: seal(`secret-${n}`, place, key) }
  })
}

describe('open()', () => {
  test('refuses 1,000 of 1,000 ciphertexts that were moved to another row, tenant or field', () => {
    const secrets = givenSecrets(sealingKey(), 1_000)
    const opener = createOpener(keys)
    let refused = 0
    for (const [n, { stored }] of secrets.entries()) {
      const elsewhere = secrets[(n + 1 + (n % 998)) % 1_000]?.place ?? ''
      expect(() => opener.open(stored, elsewhere)).toThrow(damaged)
      refused += 1
    }
    expect(refused).toBe(1_000)
    for (const { stored, place, plain } of secrets.slice(0, 50)) expect(opener.open(stored, place)).toBe(plain)
  })

  test('refuses a text beside the key of another, also of the same place, and a key under another version', () => {
    const [first, second] = [sealingKey(1), sealingKey(2)]
    const opener = createOpener(keys)
    const [a, b] = [seal('one', 'place', first), seal('two', 'place', first)]
    expect(() => opener.open({ ...a, wrappedKey: b.wrappedKey }, 'place')).toThrow(damaged)
    expect(() => opener.open({ ...a, sealed: b.sealed }, 'place')).toThrow(damaged)
    const renamed = { ...a, wrappedKey: `2${a.wrappedKey?.slice(1)}` }
    expect(() => opener.open(renamed, 'place')).toThrow(damaged)
    expect(opener.open(seal('three', 'place', second), 'place')).toBe('three')
  })

  test('refuses text that was changed in any place', () => {
    const key = sealingKey()
    const opener = createOpener(keys)
    const stored = seal('secret', 'place', key)
    const changes = (text: string) =>
      text.split('').map((char, n) => text.slice(0, n) + (char === 'A' ? 'B' : 'A') + text.slice(n + 1))
    const forged: StoredSecret[] = [
      ...changes(stored.sealed).map((sealed) => ({ ...stored, sealed })),
      ...changes(stored.wrappedKey ?? '').map((wrappedKey) => ({ ...stored, wrappedKey })),
    ]
    for (const one of forged) expect(() => opener.open(one, 'place')).toThrow(damaged)
    expect(forged.length).toBeGreaterThan(150)
  })

  test('refuses what another key sealed, and text that is none of ours', () => {
    const mine = sealingKey()
    const opener = createOpener(keys)
    const stored = seal('secret', 'place', mine)
    const other: KeyPlace = { directory: mkdtempSync(join(root, 'other-')) }
    makeKeyFiles(other, 1)
    expect(() => createOpener(other).open(stored, 'place')).toThrow(damaged)
    for (const sealed of ['', 'v2.', 'v2.abc', 'v3.AAAA', 'secret'])
      expect(() => opener.open({ ...stored, sealed }, 'place')).toThrow(damaged)
    for (const wrappedKey of ['', '1.', '1.abc', 'x.AAAA', '0.AAAA', null])
      expect(() => opener.open({ ...stored, wrappedKey }, 'place')).toThrow(damaged)
  })
})

test('encrypt() repeats no nonce in 100,000', () => {
  const key = randomBytes(32)
  const plain = Buffer.alloc(0)
  const seen = new Set<string>()
  for (let n = 0; n < 100_000; n += 1) seen.add(encrypt(key, plain, '').toString('latin1', 0, nonceBytes))
  expect(seen.size).toBe(100_000)
})

describe('rewrap()', () => {
  test('lets a secret open with the new key alone, its text unopened and unchanged', () => {
    const stored = seal('secret', 'place', sealingKey(1))
    const opener = createOpener(keys)
    const wrapped = opener.rewrap(stored, 'place', sealingKey(2))
    expect(wrapped).toMatchObject({ sealed: stored.sealed, keyVersion: 2 })
    expect(opener.open(stored, 'place')).toBe('secret')
    expect(destroyPrivateKey(keys, 1)).toBe(true)
    expect(opener.open(wrapped, 'place')).toBe('secret')
    expect(() => opener.open(stored, 'place')).toThrow(notConfigured('version 1'))
  })

  test('refuses what does not belong there, instead of making it belong', () => {
    const stored = seal('secret', 'place', sealingKey(1))
    expect(() => createOpener(keys).rewrap(stored, 'elsewhere', sealingKey(2))).toThrow(damaged)
  })
})

/** As releases before key pairs sealed: AES-256-GCM under the one key in `credentials.key`. */
function sealedBefore(plain: string, place: string): StoredSecret {
  const key = randomBytes(32)
  writeFileSync(join(keys.directory, 'credentials.key'), `${key.toString('base64url')}\n`)
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(`v1|${place}`))
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  const sealed = `v1.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`
  return { sealed, wrappedKey: null, keyVersion: null }
}

describe('what was sealed before key pairs', () => {
  test('opens in its place, and is sealed anew by a re-wrap', () => {
    const stored = sealedBefore('secret', 'place')
    const opener = createOpener(keys)
    expect(opener.open(stored, 'place')).toBe('secret')
    expect(() => opener.open(stored, 'elsewhere')).toThrow(damaged)
    const wrapped = opener.rewrap(stored, 'place', sealingKey(1))
    expect(wrapped).toMatchObject({ sealed: expect.stringMatching(/^v2\./), keyVersion: 1 })
    rmSync(join(keys.directory, 'credentials.key'))
    expect(opener.open(wrapped, 'place')).toBe('secret')
    expect(() => opener.open(stored, 'place')).toThrow(notConfigured('credentials.key'))
  })
})

describe('makeKeyFiles()', () => {
  test('makes a private key that its owner alone reads, once, and the public one beside it', () => {
    const made = makeKeyFiles(keys, 1)
    expect(makeKeyFiles(keys, 1)).toBe(made)
    expect(statSync(privateFile(keys.directory, 1)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(keys.directory, 'credentials.1.public'), 'utf8')).toContain(made)
    expect(findPublicText(keys, 1)).toBe(made)
    expect(findPublicText(keys, 2)).toBeUndefined()
  })

  test('leaves a file that holds no key as it is, and says so', () => {
    makeKeyFiles(keys, 1)
    const path = privateFile(keys.directory, 1)
    chmodSync(path, 0o600)
    writeFileSync(path, 'short\n')
    const refused = expect.objectContaining({ reason: 'data_directory_damaged' })
    expect(() => makeKeyFiles(keys, 1)).toThrow(refused)
    expect(readFileSync(path, 'utf8')).toBe('short\n')
  })
})

test('createOpener() finds several keys in one file that the environment names, and one that is copied later', () => {
  const stored = [seal('one', 'place', sealingKey(1)), seal('two', 'place', sealingKey(2))]
  const texts = [1, 2].map((version) => readFileSync(privateFile(keys.directory, version), 'utf8'))
  const elsewhere = join(mkdtempSync(join(root, 'host-')), 'keys')
  mkdirSync(elsewhere)
  const file = join(elsewhere, 'mounted')
  const opener = createOpener({ directory: elsewhere, file })
  expect(() => opener.open(stored[0] as StoredSecret, 'place')).toThrow(
    notConfigured('TENANTATLAS_CREDENTIALS_KEY_FILE'),
  )
  writeFileSync(file, texts.join('\n'))
  expect(stored.map((one) => opener.open(one, 'place'))).toEqual(['one', 'two'])
})
