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

test('describeConfig() shows every variable and hides passwords', () => {
  const lines = describeConfig(readConfig({ DATABASE_URL: 'postgres://ada:hunter2@db/atlas?password=hunter3' }))
  expect(lines.map(({ value }) => value).join()).not.toMatch(/hunter/)
  expect(lines.find(({ name }) => name === 'DATABASE_URL')?.value).toBe('postgres://ada:***@db/atlas')
})
