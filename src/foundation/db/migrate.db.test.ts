import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { migrate } from '#foundation/db/migrate.ts'
import { createTestDatabase, dropTestDatabase } from '#foundation/db/testing.ts'

const server = inject('postgres')
let directory: string
let url: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tenantatlas-migrations-'))
  url = await createTestDatabase({ url: server.url, template: 'template0' })
  await given({
    '0001_one.sql': 'create table one (id integer primary key); insert into one values (1);',
    '0002_two.sql': 'create table two (id integer primary key); insert into two values (1), (2);',
  })
})

afterEach(async () => {
  await rm(directory, { recursive: true })
  await dropTestDatabase(server.url, url)
})

test('migrate() applies what is missing, in order, once', async () => {
  expect(await migrate({ url, directory })).toEqual({ applied: ['0001_one.sql', '0002_two.sql'], version: 2 })
  expect(await migrate({ url, directory })).toEqual({ applied: [], version: 2 })
})

test('migrate() called by twenty at once: one applies, none fails', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => migrate({ url, directory })))
  const applied = results.map((result) => result.applied.length).filter((count) => count > 0)
  expect(applied).toEqual([2])
  expect(new Set(results.map((result) => result.version))).toEqual(new Set([2]))
  expect(await ask('select count(*)::int as said from two')).toBe(2)
})

test('migrate() leaves nothing behind when a migration fails, not even those before it', async () => {
  await given({ '0003_broken.sql': 'create table three (id integer); select 1 / 0;' })
  await expect(migrate({ url, directory })).rejects.toMatchObject({
    message: 'migration 0003_broken.sql failed',
    cause: { code: '22012' },
  })
  expect(await ask(`select string_agg(tablename, ',') as said from pg_tables where schemaname = 'public'`)).toBeNull()
})

test('migrate() brings a database forward after the failed migration is mended', async () => {
  await migrate({ url, directory })
  await given({ '0003_broken.sql': 'select 1 / 0' })
  await expect(migrate({ url, directory })).rejects.toThrow('0003_broken.sql')
  await given({ '0003_broken.sql': 'create table three (id integer)' })
  expect(await migrate({ url, directory })).toEqual({ applied: ['0003_broken.sql'], version: 3 })
})

test('migrate() refuses the schema of a newer program', async () => {
  await migrate({ url, directory })
  await rm(join(directory, '0002_two.sql'))
  await expect(migrate({ url, directory })).rejects.toMatchObject({ reason: 'schema_newer' })
})

test('migrate() refuses a migration that was changed after it was applied', async () => {
  await migrate({ url, directory })
  await given({ '0002_two.sql': 'create table other (id integer)' })
  await expect(migrate({ url, directory })).rejects.toMatchObject({ reason: 'invalid_state' })
})

test('migrate() refuses a migration numbered below what the database has', async () => {
  await rm(join(directory, '0001_one.sql'))
  await migrate({ url, directory })
  await given({ '0001_late.sql': 'create table late (id integer)' })
  await expect(migrate({ url, directory })).rejects.toMatchObject({ reason: 'invalid_state' })
})

test.each(['0002_again.sql', '12_short.sql', '0003-dashes.sql'])('migrate() refuses a file named %s', async (name) => {
  await given({ [name]: 'select 1' })
  await expect(migrate({ url, directory })).rejects.toThrow(TypeError)
})

async function given(files: Record<string, string>): Promise<void> {
  for (const [name, sql] of Object.entries(files)) await writeFile(join(directory, name), sql)
}

async function ask(query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ said: unknown }>(query)
  await client.end()
  return rows[0]?.said
}
