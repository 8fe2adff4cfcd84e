import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashPassword, isPassword, refuseWeakPassword } from '#domain/access/local-accounts/password.ts'

test('hashPassword() stores argon2id with 19 MiB and two passes, and never the same twice', async () => {
  const [one, other] = [await hashPassword('several words are good'), await hashPassword('several words are good')]
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(other).not.toBe(one)
})

test.each([
  ['a space before it', ' several words are good'],
  ['a space behind it', 'several words are good '],
  ['another case', 'Several words are good'],
  ['its beginning', 'several words are goo'],
])('isPassword() takes the password exactly as it was chosen, not with %s', async (_name, other) => {
  const stored = await hashPassword('several words are good')
  expect(await isPassword('several words are good', stored)).toBe(true)
  expect(await isPassword(other, stored)).toBe(false)
})

test('isPassword() tells passwords apart by their 128th character', async () => {
  const long = 'correct horse battery staple '.repeat(5).slice(0, 127)
  const stored = await hashPassword(`${long}a`)
  expect(await isPassword(`${long}a`, stored)).toBe(true)
  expect(await isPassword(`${long}b`, stored)).toBe(false)
})

test.each([
  'several words are good',
  'only lower case words',
  '漢字かな交じり文でも長ければよい',
  '483957201846271',
  'one two three '.repeat(6),
])('refuseWeakPassword() asks for no kind of character: %s', (password) => {
  expect(() => refuseWeakPassword(password, ['anna'])).not.toThrow()
})

test.each([
  'fourteen chars',
  'tenantatlas is a good name',
  'anna-maria and her dog',
  'my password is long',
  'aaaaaaaaaaaaaaaaaaaa',
  // Each breaks no other rule: they are on the list of those many have taken.
  '1qaz2wsx3edc4rfv',
  'QazWsxEdcRfvTgb',
  'q1w2e3r4t5y6u7i8',
])('refuseWeakPassword() refuses what is short or guessed first: %s', (password) => {
  expect(() => refuseWeakPassword(password, ['anna'])).toThrow(/^A password /)
})

test('the list holds the 3,000 most used passwords of 15 characters, and more', async () => {
  const { size } = await stat(join(import.meta.dirname, 'most-used-passwords.bin'))
  expect(size / 8).toBeGreaterThan(3_000)
})
