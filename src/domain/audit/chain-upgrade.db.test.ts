import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { givenEntries } from '#domain/audit/audit-testing.ts'
import { verifyChain } from '#domain/audit/verify-chain-testing.ts'
import { readSigningKeys } from '#foundation/crypto/sign.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createTestDatabase, dropTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'

const migrations = join(import.meta.dirname, '../../../migrations')
const chained = '0011_audit_chain.sql'

/** A folder with the migrations that came before the chain. */
async function migrationsBefore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-migrations-'))
  for (const name of await readdir(migrations)) if (name < chained) await cp(join(migrations, name), join(folder, name))
  return folder
}

test('an upgrade chains the entries there are, in the order they happened', async () => {
  const server = inject('postgres')
  const url = await createTestDatabase({ url: server.url, template: 'template0' })
  const before = await migrationsBefore()
  await migrate({ url, directory: before })
  const log = createLog({ level: 'silent', pretty: false })
  const open = (role: 'login' | 'worker') =>
    openDatabase({ url, role, poolSize: 2, applicationName: 'chain upgrade', log })
  try {
    await using owner = open('login')
    await using product = open('worker')
    const [here, there, empty] = [
      await givenWorkspace(product.db),
      await givenWorkspace(product.db),
      await givenWorkspace(product.db),
    ]
    // More than are written at once; two of each time; the newest first.
    await owner.pool.query(
      `insert into audit_entries (workspace_id, id, at, actor_kind, actor_name, action, subject_kind, subject_id, outcome, detail)
       select w, gen_random_uuid(), now() - interval '1 minute' * (n / 2), 'system', 'Ünïcode', 'test.act', 'run', n::text,
         'succeeded', jsonb_build_object('n', n)
       from generate_series(1, 5500) n, unnest($1::uuid[]) w`,
      [[here.workspaceId, there.workspaceId]],
    )
    await migrate({ url })
    for (const ctx of [here, there]) {
      await givenEntries(product.db, ctx, 1)
      const report = await verifyChain(product.db, ctx, { keys: readSigningKeys([]) })
      expect(report).toMatchObject({ entries: 5_501, firstSeq: 1, lastSeq: 5_501, problems: [] })
    }
    const isSorted = await owner.pool.query(
      `select bool_and(at >= last) as sorted from (
         select at, lag(at, 1, at) over (partition by workspace_id order by seq) as last from audit_entries) e`,
    )
    expect(isSorted.rows).toEqual([{ sorted: true }])
    await givenEntries(product.db, empty, 1)
    expect(await verifyChain(product.db, empty, { keys: readSigningKeys([]) })).toMatchObject({
      entries: 1,
      problems: [],
    })
  } finally {
    await dropTestDatabase(server.url, url)
    await rm(before, { recursive: true })
  }
})
