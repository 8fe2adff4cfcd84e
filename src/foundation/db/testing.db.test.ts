import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { openDatabase } from '#foundation/db/database.ts'
import { createTestDatabase, dropTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'

const root = join(import.meta.dirname, '../../..')
const server = inject('postgres')
const log = createLog({ level: 'silent', pretty: false })

test('dropTestDatabase() fails, naming the culprit, when a pool was left open', async () => {
  const url = await createTestDatabase(server)
  const leaked = openDatabase({ url, role: 'worker', poolSize: 2, applicationName: 'the leaked pool', log })
  await sql`select 1`.execute(leaked.db)
  await expect(dropTestDatabase(server.url, url)).rejects.toThrow(/leaked pool: 1 .*the leaked pool/)
  await leaked.close()
})

test('dropTestDatabase() is content when every pool was closed', async () => {
  const url = await createTestDatabase(server)
  {
    await using closed = openDatabase({ url, role: 'worker', poolSize: 2, applicationName: 'closed', log })
    await sql`select 1`.execute(closed.db)
  }
  await expect(dropTestDatabase(server.url, url)).resolves.toBeUndefined()
})

test('useTestDatabase() fails the whole run for a leaked pool, though every test of it passed', async () => {
  const vitest = join(root, 'node_modules/.bin/vitest')
  const config = 'src/foundation/db/leaked-pool-config.fixture.ts'
  const env = { ...process.env, NO_COLOR: '1' }
  const run = promisify(execFile)(vitest, ['run', `--config=${config}`, `--root=${root}`], { cwd: root, env })
  await expect(run).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/Tests +1 passed/),
    stderr: expect.stringContaining(
      "leaked pool: 1 connections to the test's database were left open (the planted pool)",
    ),
  })
})
