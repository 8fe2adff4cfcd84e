import { describe, expect, test } from 'vitest'
import { endpointsOf } from '#domain/connections/endpoints.ts'

const graphUrl = 'https://graph.example.com'

describe('endpointsOf()', () => {
  test('knows the national clouds', () => {
    expect(endpointsOf({ cloud: 'usGovL5' })).toEqual({
      authorityUrl: 'https://login.microsoftonline.us',
      graphUrl: 'https://dod-graph.microsoft.us',
    })
  })

  test('takes own endpoints over https, and over http on this machine', () => {
    const own = { cloud: 'custom', authorityUrl: 'http://127.0.0.1:4781/', graphUrl } as const
    expect(endpointsOf(own)).toEqual({ authorityUrl: 'http://127.0.0.1:4781', graphUrl })
  })

  test.each([
    'http://graph.example.com',
    'http://127.0.0.1.example.com',
    'https://graph.example.com/beta',
    'https://user:pass@graph.example.com',
    'https://graph.example.com?x=1',
    'ftp://graph.example.com',
    'javascript:alert(1)',
    'graph.example.com',
    '',
  ])('refuses %s', (address) => {
    expect(() => endpointsOf({ cloud: 'custom', authorityUrl: address, graphUrl })).toThrow(
      expect.objectContaining({ reason: 'missing_configuration' }),
    )
  })
})
