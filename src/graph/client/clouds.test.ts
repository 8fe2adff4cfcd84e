import { describe, expect, test } from 'vitest'
import { Failure } from '#foundation/kernel/failure.ts'
import { hasSharedGraph, readShared } from '#graph/contracts/metadata-testing.ts'
import { clouds, originOf, tenantOf } from '#graph/client/clouds.ts'

describe('originOf()', () => {
  test.each([
    ['https://graph.microsoft.com', 'https://graph.microsoft.com'],
    ['https://graph.microsoft.us/', 'https://graph.microsoft.us'],
    ['http://127.0.0.1:4781', 'http://127.0.0.1:4781'],
    ['http://localhost:4781', 'http://localhost:4781'],
    ['http://[::1]:4781', 'http://[::1]:4781'],
  ])('originOf() takes %s', (url, origin) => {
    expect(originOf(url, 'Microsoft Graph')).toBe(origin)
  })

  test.each([
    'http://graph.microsoft.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'https://user:secret@graph.microsoft.com',
    'https://graph.microsoft.com/beta',
    'https://graph.microsoft.com/?a=b',
    'ftp://graph.microsoft.com',
    'graph.microsoft.com',
    '',
  ])('originOf() refuses %j in one sentence', (url) => {
    expect(() => originOf(url, 'Microsoft Graph')).toThrow(Failure)
    expect(() => originOf(url, 'Microsoft Graph')).toThrow(
      /Microsoft Graph address of this connection must be an https origin/,
    )
  })
})

describe('tenantOf()', () => {
  test.each(['7f1c2a34-5b6d-4e8f-9a0b-1c2d3e4f5a6b', 'contoso.onmicrosoft.com', 'organizations'])(
    'tenantOf() takes %s',
    (text) => {
      expect(tenantOf(text)).toBe(text)
    },
  )

  test.each([
    '',
    '.',
    '..',
    '/evil.example',
    '//evil.example',
    '..%2f',
    'a/b',
    'a b',
    'a?b',
    'a#b',
    'contoso..com',
    'a'.repeat(300),
  ])('tenantOf() refuses %j, which would change where the credential goes', (text) => {
    expect(() => tenantOf(text)).toThrow(Failure)
  })
})

describe.skipIf(!hasSharedGraph)('clouds', () => {
  test('every documented cloud is here with its own pair of addresses', () => {
    const documented = readShared<{ clouds: { authority: string; graph: string }[] }>('protocol/auth.json').clouds
    expect(Object.values(clouds).map(({ authorityUrl, graphUrl }) => [authorityUrl, graphUrl])).toEqual(
      documented.map(({ authority, graph }) => [authority, graph]),
    )
  })
})
