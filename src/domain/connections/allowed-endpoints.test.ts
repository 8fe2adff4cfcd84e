import { expect, test } from 'vitest'
import { requireAllowedEndpoints } from '#domain/connections/allowed-endpoints.ts'

const custom = (host: string) =>
  ({ cloud: 'custom', authorityUrl: `https://${host}`, graphUrl: `https://${host}` }) as const

test('requireAllowedEndpoints() takes the clouds of Microsoft, and what the operator named', () => {
  requireAllowedEndpoints({ cloud: 'global' }, [])
  requireAllowedEndpoints(custom('graph.lab.example:8443'), ['graph.lab.example:8443'])
  for (const host of ['graph.lab.example', 'graph.lab.example:8444', '10.0.0.1', 'localhost:4781'])
    expect(() => requireAllowedEndpoints(custom(host), ['graph.lab.example:8443'])).toThrow(
      'TENANTATLAS_GRAPH_ALLOW_HOSTS',
    )
  const mixed = { ...custom('graph.lab.example:8443'), graphUrl: 'https://10.0.0.1' }
  expect(() => requireAllowedEndpoints(mixed, ['graph.lab.example:8443'])).toThrow('10.0.0.1')
})
