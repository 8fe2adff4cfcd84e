import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSecretBox } from '#foundation/crypto/secret-box.ts'

let folder: string
let keyFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantatlas-box-'))
  keyFile = join(folder, 'keys/sign-in.key')
})
afterEach(() => rmSync(folder, { recursive: true }))

const refusal = (reason: string) => expect.objectContaining({ reason })

test('createSecretBox() opens what it sealed, for what it was sealed for, with the same key', () => {
  const sealed = createSecretBox({ keyFile }).seal('secret', 'ada')
  expect(createSecretBox({ keyFile }).open(sealed, 'ada')).toBe('secret')
  expect(statSync(keyFile).mode & 0o777).toBe(0o600)
  for (const text of [sealed.slice(0, -3), sealed.slice(3), '', 'b1.'])
    expect(() => createSecretBox({ keyFile }).open(text, 'ada')).toThrow(refusal('damaged'))
  expect(() => createSecretBox({ keyFile }).open(sealed, 'ben')).toThrow(refusal('damaged'))
})

test('createSecretBox() makes no key to open with, and takes none that is damaged', () => {
  const box = createSecretBox({ keyFile })
  expect(() => box.open('b1.x', 'ada')).toThrow(refusal('missing_configuration'))
  box.seal('secret', 'ada')
  writeFileSync(keyFile, 'short')
  expect(() => box.seal('secret', 'ada')).toThrow(refusal('data_directory_damaged'))
})
