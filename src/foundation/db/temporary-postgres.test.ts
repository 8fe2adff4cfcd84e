import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}

test('startTemporaryPostgres() gives a server that is gone after stop', async () => {
  const postgres = await startTemporaryPostgres()
  expect(await answers(postgres.url)).toBe(true)
  await postgres.stop()
  expect(await answers(postgres.url)).toBe(false)
})

test('startTemporaryPostgres() leaves no server behind when its process is killed', async () => {
  const program = join(import.meta.dirname, 'temporary-postgres.fixture.ts')
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [url] = (await once(child.stdout, 'data')) as [Buffer]
  expect(await answers(url.toString().trim())).toBe(true)
  child.kill('SIGKILL')
  await expect.poll(() => answers(url.toString().trim()), { timeout: 20_000 }).toBe(false)
})
