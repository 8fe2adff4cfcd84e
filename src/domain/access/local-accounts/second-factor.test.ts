import { expect, test } from 'vitest'
import { hashOfRecoveryCode, newRecoveryCodes } from '#domain/access/local-accounts/second-factor.ts'

test('newRecoveryCodes() draws ten codes of more than 112 bits', () => {
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) {
    expect(code).toMatch(/^[A-Z2-9]{6}(-[A-Z2-9]{6}){3}$/)
    // Of the letters and digits 2 to 9 those that are taken for others are left out.
    expect(code).not.toMatch(/[ILOU]/)
  }
  const letters = new Set(Array.from({ length: 100 }, () => newRecoveryCodes().join('').replaceAll('-', '')).join(''))
  expect(24 * Math.log2(letters.size)).toBeGreaterThan(112)
})

test('hashOfRecoveryCode() reads a code however it is typed, and those of accounts from before', () => {
  const hash = hashOfRecoveryCode('ABCDEF-GHJKMN-PQRSTV-WXYZ23')
  expect(hash).toHaveLength(32)
  expect(hashOfRecoveryCode(' abcdef ghjkmn pqrstv wxyz23 ')).toEqual(hash)
  expect(hashOfRecoveryCode('abcde-fghjk')).toHaveLength(32)
  expect([hashOfRecoveryCode('123456'), hashOfRecoveryCode('ABCDEF-GHJKMN')]).toEqual([undefined, undefined])
})
