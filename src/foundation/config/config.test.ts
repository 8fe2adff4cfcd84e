import { expect, test } from 'vitest'
import { describeConfig, readConfig } from '#foundation/config/config.ts'
import { Failure } from '#foundation/kernel/failure.ts'

function refusalOf(env: Record<string, string>): string {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return ''
}

test('readConfig() needs nothing to be set', () => {
  const config = readConfig({})
  expect(config).toMatchObject({
    dataDir: expect.stringMatching(/^\/.*\/\.tenantatlas$/),
    databaseUrl: undefined,
    httpPort: 4780,
    simulatorPort: 4781,
    worker: { heartbeatMs: 5_000, leaseMs: 15_000 },
    pacing: { requestsPer20s: 1_000, writesPer20s: 100, share: 0.8 },
  })
})

test('readConfig() takes an empty variable for one that is not set', () => {
  expect(readConfig({ DATABASE_URL: '', TENANTATLAS_PORT: ' ' })).toEqual(readConfig({}))
})

test('readConfig() names every mistake, one sentence each', () => {
  const message = refusalOf({
    TENANTATLAS_PORT: 'eighty',
    DATABASE_URL: 'mysql://x',
    TENANTATLAS_GRAPH_SHARE: '1.5',
    TENANTATLAS_LOG_LEVEL: 'loud',
    TENANTATLAS_POSTGRES_SETTINGS: 'shared_buffers',
  })
  expect(message.split('\n')).toEqual([
    'DATABASE_URL must be like postgres://user:password@host:5432/name.',
    'TENANTATLAS_POSTGRES_SETTINGS must be like shared_buffers=512MB,max_connections=200.',
    'TENANTATLAS_PORT must be a whole number from 1 to 65535.',
    'TENANTATLAS_LOG_LEVEL must be one of silent, fatal, error, warn, info, debug.',
    'TENANTATLAS_GRAPH_SHARE must be at most 1.',
  ])
})

test.each(['sslmode=no-verify', 'sslmode=require&uselibpqcompat=true'])(
  'readConfig() refuses a database whose certificate nobody would check (%s)',
  (parameters) => {
    const message = refusalOf({ DATABASE_URL: `postgres://ada:hunter2@db/atlas?${parameters}` })
    expect(message).toMatch(/^DATABASE_URL must not switch off the check of certificates/)
    expect(message).not.toContain('hunter2')
  },
)

test('readConfig() refuses to run where no certificate would be checked', () => {
  expect(refusalOf({ PGSSLMODE: 'no-verify' })).toMatch(/^PGSSLMODE must not switch off the check of certificates/)
  expect(refusalOf({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatch(/^NODE_TLS_REJECT_UNAUTHORIZED must not be 0/)
})

test('readConfig() does not repeat a value that may be a secret', () => {
  expect(refusalOf({ DATABASE_URL: 'postgres:/ada:hunter2@db' })).not.toContain('hunter2')
})

test('readConfig() refuses a lease that a late heartbeat would lose', () => {
  expect(refusalOf({ TENANTATLAS_LEASE_SECONDS: '10' })).toBe(
    'TENANTATLAS_LEASE_SECONDS must be at least three times TENANTATLAS_HEARTBEAT_SECONDS.',
  )
})

test('readConfig() reads settings for PostgreSQL', () => {
  const { postgresSettings } = readConfig({
    TENANTATLAS_POSTGRES_SETTINGS: 'shared_buffers=512MB, max_connections=200',
  })
  expect(postgresSettings).toEqual({ shared_buffers: '512MB', max_connections: '200' })
})

const clientId = '7c0b7c39-5a7e-4c4a-9d0f-3f4a6f1d2c3b'
const tenantId = 'e1a9c2d4-7b65-4f3e-8d21-0c9b8a7f6e5d'

test('readConfig() leaves sign-in with Entra off until a client id is set', () => {
  expect(
    readConfig({ TENANTATLAS_ENTRA_AUTHORITY: `https://login.microsoftonline.us/${tenantId}` }).entra,
  ).toBeUndefined()
  const config = readConfig({
    TENANTATLAS_PUBLIC_URL: 'https://atlas.example.com/',
    TENANTATLAS_ENTRA_CLIENT_ID: clientId.toUpperCase(),
    TENANTATLAS_ENTRA_CERTIFICATE_FILE: '/etc/tenantatlas/sign-in.pem',
    TENANTATLAS_ENTRA_ALLOWED_TENANTS: ` ${tenantId.toUpperCase()}, ,`,
  })
  expect(config.publicUrl).toBe('https://atlas.example.com')
  expect(config.notify.pageUrl).toBe('https://atlas.example.com')
  expect(config.entra).toEqual({
    authority: 'https://login.microsoftonline.com/organizations',
    clientId,
    credential: { kind: 'certificateFile', path: '/etc/tenantatlas/sign-in.pem' },
    allowedTenants: [tenantId],
  })
})

test('readConfig() takes the simulator on this machine for an authority', () => {
  const authority = 'http://127.0.0.1:4781/organizations'
  const given = { TENANTATLAS_ENTRA_CLIENT_ID: clientId, TENANTATLAS_ENTRA_CLIENT_SECRET: 'x' }
  expect(readConfig({ ...given, TENANTATLAS_ENTRA_AUTHORITY: authority }).entra?.authority).toBe(authority)
})

test('readConfig() says one sentence for each mistake about sign-in', () => {
  const message = refusalOf({
    TENANTATLAS_PUBLIC_URL: 'http://atlas.example.com',
    TENANTATLAS_ENTRA_AUTHORITY: 'https://login.microsoftonline.com/common',
    TENANTATLAS_ENTRA_CLIENT_ID: 'TenantAtlas',
    TENANTATLAS_ENTRA_ALLOWED_TENANTS: 'contoso.com',
  })
  expect(message.split('\n')).toEqual([
    'TENANTATLAS_PUBLIC_URL must be like https://tenantatlas.example.com, without a path; plain http is accepted only on this machine.',
    'TENANTATLAS_ENTRA_AUTHORITY must be like https://login.microsoftonline.com/organizations, or end in the id of your tenant.',
    'TENANTATLAS_ENTRA_CLIENT_ID must be the application (client) id, a UUID.',
    'TENANTATLAS_ENTRA_ALLOWED_TENANTS must be ids of tenants, separated by commas.',
  ])
})

const credentials =
  'TENANTATLAS_ENTRA_CLIENT_SECRET, TENANTATLAS_ENTRA_CLIENT_SECRET_FILE, TENANTATLAS_ENTRA_CERTIFICATE_FILE'

test.each([
  [{ TENANTATLAS_ENTRA_CLIENT_ID: clientId }, `TENANTATLAS_ENTRA_CLIENT_ID needs one of ${credentials}.`],
  [
    { TENANTATLAS_ENTRA_CLIENT_SECRET: 'hunter2' },
    'TENANTATLAS_ENTRA_CLIENT_ID must be set for the credential that is, or neither.',
  ],
  [
    {
      TENANTATLAS_ENTRA_CLIENT_ID: clientId,
      TENANTATLAS_ENTRA_CLIENT_SECRET: 'hunter2',
      TENANTATLAS_ENTRA_CERTIFICATE_FILE: '/etc/sign-in.pem',
    },
    `Only one of ${credentials} may be set.`,
  ],
])('readConfig() refuses %j', (env, sentence) => {
  expect(refusalOf(env)).toBe(sentence)
})

test('describeConfig() says that there is a client secret, not which', () => {
  const env = { TENANTATLAS_ENTRA_CLIENT_ID: clientId, TENANTATLAS_ENTRA_CLIENT_SECRET: 'hunter2' }
  const lines = describeConfig(readConfig(env))
  expect(JSON.stringify(lines)).not.toContain('hunter2')
  expect(lines.find(({ name }) => name === 'TENANTATLAS_ENTRA_CLIENT_SECRET')?.value).toBe('***')
})

test('describeConfig() shows every variable and hides passwords', () => {
  const lines = describeConfig(readConfig({ DATABASE_URL: 'postgres://ada:hunter2@db/atlas?password=hunter3' }))
  expect(lines.map(({ value }) => value).join()).not.toMatch(/hunter/)
  expect(lines.find(({ name }) => name === 'DATABASE_URL')?.value).toBe('postgres://ada:***@db/atlas')
})
