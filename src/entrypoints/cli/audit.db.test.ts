import { generateKeyPairSync } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCheckpoints } from '#entrypoints/cli/audit/read-checkpoints.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { expectRefusal, startCli, untilSaid } from '#entrypoints/cli/testing.ts'
import { startServer } from '#entrypoints/cli/testing-server.ts'
import type { TestServer } from '#entrypoints/cli/testing-server.ts'

const database = useTestDatabase()
let server: TestServer
let dataDir: string
let log: string

const ta = (...args: string[]) => server.run(...args)
const json = async <T>(...args: string[]) => JSON.parse((await ta(...args, '-o', 'json')).stdout) as T

interface Report {
  readonly entries: number
  readonly checkpoints: { readonly checked: number; readonly newest: { readonly seq: number } | null }
  readonly problems: readonly { readonly kind: string; readonly seq: number; readonly message: string }[]
}

beforeAll(async () => {
  server = await startServer(database)
  dataDir = server.dataDir
  for (const [name, id] of [
    ['Contoso', '11111111-1111-4111-8111-111111111111'],
    ['Fabrikam', '22222222-2222-4222-8222-222222222222'],
  ] as const)
    await ta('tenant', 'add', name, '--entra-id', id)
  const worker = startCli(['work'], { ...server.env, TENANTATLAS_LOG_LEVEL: 'info' })
  await untilSaid(worker, 'audit checkpoint')
  worker.child.kill('SIGTERM')
  log = join(dataDir, 'worker.log')
  await writeFile(log, (await worker.result).stderr)
})

afterAll(() => server?.[Symbol.asyncDispose]())

describe('tenantatlas audit', () => {
  test('list shows who did what, filtered', async () => {
    const { items, nextCursor } = await json<{
      items: { action: string; actor: { name: string }; detail: { name: string } }[]
      nextCursor: string
    }>('audit', 'list', '--action', 'tenant.add', '--limit', '1')
    expect(items).toMatchObject([{ action: 'tenant.add', actor: { name: 'Ada Moreau' }, detail: { name: 'Fabrikam' } }])
    const { stdout } = await ta('audit', 'list', '--actor', 'me', '--subject', 'tenant', '--cursor', nextCursor)
    expect(stdout).toMatch(/tenant\.add .* Contoso/)
    expect(stdout).not.toContain('Fabrikam')
    expect((await ta('audit', 'list', '--outcome', 'failed')).stderr).toContain('Nothing like that')
    expectRefusal(await ta('audit', 'list', '--cursor', 'x'), 2, 'The cursor is not one')
  })

  test('verify finds the log whole, with what the worker signed, also by its log', async () => {
    const { exitCode, stdout } = await ta('audit', 'verify', '--checkpoint', log)
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/Result +whole\n.*\nCheckpoints +2\nSigned +up to no/s),
    ])
    expect((await stat(join(dataDir, 'keys', 'audit.key'))).mode & 0o777).toBe(0o600)
    const report = await json<Report>('audit', 'verify')
    expect(report).toMatchObject({ checkpoints: { checked: 1 }, problems: [] })
    expect(report.checkpoints.newest?.seq).toBeLessThanOrEqual(report.entries)
  })

  test('export writes a file of its own that says everything, and checkpoints that verify takes', async () => {
    const file = join(dataDir, 'audit.jsonl')
    expect((await ta('audit', 'export', '--file', file)).stderr).toMatch(/^\d+ entries written to/)
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(lines.map((_, n) => n + 1))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expectRefusal(await ta('audit', 'export', '--file', file), 2, 'is there already: name another file')
    expectRefusal(await ta('audit', 'export', '--file', '/nowhere/x'), 2, '/nowhere/x cannot be written')
    const { stdout } = await ta('audit', 'export', '--tenant', 'Contoso')
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const checkpoints = await ta('audit', 'export', '--checkpoints')
    expect(readCheckpoints(checkpoints.stdout, 'it')).toEqual(readCheckpoints(await readFile(log, 'utf8'), 'the log'))
  })

  test('verify says what is wrong and ends with 1; what was signed elsewhere still tells', async () => {
    await sql`update audit_entries set actor_name = 'Nobody' where seq = 2`.execute(database.owner)
    const { exitCode, stdout, stderr } = await ta('audit', 'verify')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('Entry 2 is not what was written')
    expect(stderr).toContain('keep the database as it is')
    await sql`update audit_entries set actor_name = 'Ada Moreau' where seq = 2`.execute(database.owner)
    await sql`delete from audit_checkpoints`.execute(database.owner)
    await sql`delete from audit_entries where seq > 2`.execute(database.owner)
    await sql`update audit_heads set seq = 2, hash = (select hash from audit_entries where seq = 2)`.execute(
      database.owner,
    )
    expect((await ta('audit', 'verify')).exitCode).toBe(0)
    const kept = await ta('audit', 'verify', '--checkpoint', log, '-o', 'json')
    expect(kept.exitCode).toBe(1)
    expect((JSON.parse(kept.stdout) as Report).problems).toMatchObject([{ kind: 'cut', seq: 3 }])
  })

  test('verify refuses a file without checkpoints, and says when the key is not here', async () => {
    expectRefusal(await ta('audit', 'verify', '--checkpoint', '/nowhere'), 2, '/nowhere cannot be read')
    const other = join(dataDir, 'other.log')
    await writeFile(other, '{"msg":"run ended"}\n')
    expectRefusal(await ta('audit', 'verify', '--checkpoint', other), 2, 'has no checkpoint')
    expectRefusal(await ta('audit', 'verify', '--public-key', '/nowhere'), 2, '/nowhere')
    const elsewhere = join(dataDir, 'elsewhere.pub')
    await writeFile(elsewhere, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))
    const { exitCode, stdout } = await ta('audit', 'verify', '--checkpoint', log, '--public-key', elsewhere)
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('cannot be checked: the public key')])
  })
})
