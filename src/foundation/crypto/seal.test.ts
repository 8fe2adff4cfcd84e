import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSealer } from '#foundation/crypto/seal.ts'

let folder: string
let keyFile: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantatlas-seal-'))
  keyFile = join(folder, 'keys/seal.key')
})
afterEach(() => rmSync(folder, { recursive: true }))

const damaged = expect.objectContaining({ reason: 'damaged' })

test('createSealer() opens what it sealed, also after a restart, and never seals twice alike', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, aad) => {
      const sealed = createSealer({ keyFile }).seal(plain, aad)
      expect(createSealer({ keyFile }).open(sealed, aad)).toBe(plain)
      expect(createSealer({ keyFile }).seal(plain, aad)).not.toBe(sealed)
    }),
  )
})

test('createSealer() makes a key file that its owner alone reads', () => {
  createSealer({ keyFile }).seal('secret', 'aad')
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
})

test('open() refuses where there is no key, and makes none: the right one lies on another host', () => {
  const sealed = createSealer({ keyFile: join(folder, 'other.key') }).seal('secret', 'aad')
  const sealer = createSealer({ keyFile })
  expect(() => sealer.open(sealed, 'aad')).toThrow(expect.objectContaining({ reason: 'missing_configuration' }))
  expect(existsSync(keyFile)).toBe(false)
  mkdirSync(join(folder, 'keys'))
  copyFileSync(join(folder, 'other.key'), keyFile)
  expect(sealer.open(sealed, 'aad')).toBe('secret')
})

test('open() refuses what was sealed for something else', () => {
  const sealer = createSealer({ keyFile })
  expect(() => sealer.open(sealer.seal('secret', 'workspace-1'), 'workspace-2')).toThrow(damaged)
})

test('open() refuses text that was changed in any place', () => {
  const sealer = createSealer({ keyFile })
  const sealed = sealer.seal('secret', 'aad')
  for (const [index, char] of sealed.split('').entries()) {
    const changed = sealed.slice(0, index) + (char === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
    // The last character of base64url may carry bits that mean nothing.
    if (Buffer.from(changed.slice(3), 'base64url').equals(Buffer.from(sealed.slice(3), 'base64url')) && index > 2)
      continue
    expect(() => sealer.open(changed, 'aad')).toThrow(damaged)
  }
})

test('open() refuses what another key sealed, and text that is none of ours', () => {
  const sealed = createSealer({ keyFile: join(folder, 'other.key') }).seal('secret', 'aad')
  const sealer = createSealer({ keyFile })
  sealer.seal('secret', 'aad')
  for (const text of [sealed, '', 'v1.', 'v2.abc', 'secret']) expect(() => sealer.open(text, 'aad')).toThrow(damaged)
})

test('createSealer() refuses a key file that holds no key, and leaves it as it is', () => {
  createSealer({ keyFile }).seal('secret', 'aad')
  chmodSync(keyFile, 0o600)
  writeFileSync(keyFile, 'short\n')
  expect(() => createSealer({ keyFile })).toThrow(expect.objectContaining({ reason: 'data_directory_damaged' }))
})
