import { describe, expect, test } from 'vitest'
import { credentialWarnings } from '#domain/connections/credential-warnings.ts'

const now = new Date('2026-11-29T12:00:00Z')
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000)
const certificate = (days: number) =>
  ({ kind: 'certificate', expiresAt: inDays(days), createdAt: inDays(-300) }) as const
const secret = (ageDays: number) => ({ kind: 'secret', expiresAt: null, createdAt: inDays(-ageDays) }) as const

describe('credentialWarnings()', () => {
  test.each([
    [31, undefined],
    [30, 30],
    [14.01, 30],
    [14, 14],
    [7.01, 14],
    [7, 7],
    [1.01, 7],
    [1, 1],
    [0.001, 1],
  ])('says of one that ends in %d days that it is within %s', (days, withinDays) => {
    const warnings = credentialWarnings(certificate(days), now)
    const expected = { kind: 'expires_soon', withinDays, daysLeft: Math.floor(days) }
    expect(warnings).toEqual(withinDays === undefined ? [] : [expected])
  })

  test('says that one has ended from that moment on', () => {
    expect(credentialWarnings(certificate(0), now)).toEqual([{ kind: 'expired' }])
    expect(credentialWarnings(certificate(-400), now)).toEqual([{ kind: 'expired' }])
  })

  test('finds a secret older than 180 days, and no certificate or federated credential', () => {
    expect(credentialWarnings(secret(180), now)).toEqual([])
    expect(credentialWarnings(secret(181), now)).toEqual([{ kind: 'old_secret', ageDays: 181, olderThanDays: 180 }])
    expect(credentialWarnings(certificate(200), now)).toEqual([])
    const federated = { kind: 'federated', expiresAt: null, createdAt: inDays(-2_000) } as const
    expect(credentialWarnings(federated, now)).toEqual([])
  })

  test('finds a secret that lives longer than 180 days, and no certificate that does', () => {
    const young = { ...secret(10), expiresAt: inDays(171) }
    const found = { kind: 'long_secret', lifeDays: 181, longerThanDays: 180 }
    expect(credentialWarnings(young, now)).toEqual([found])
    expect(credentialWarnings({ ...young, expiresAt: inDays(170) }, now)).toEqual([])
    expect(credentialWarnings({ ...certificate(171), createdAt: inDays(-10) }, now)).toEqual([])
  })

  test('says of an old secret only that, however long it lives', () => {
    const kinds = credentialWarnings({ ...secret(181), expiresAt: inDays(100) }, now).map(({ kind }) => kind)
    expect(kinds).toEqual(['old_secret'])
  })

  test('says both of an old secret that ends soon, the end first', () => {
    const kinds = credentialWarnings({ ...secret(300), expiresAt: inDays(3) }, now).map(({ kind }) => kind)
    expect(kinds).toEqual(['expires_soon', 'old_secret'])
  })
})
