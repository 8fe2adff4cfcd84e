import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'

const database = useTestDatabase()

test('openDatabase() reads int8 as a number', async () => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from workspaces`.execute(database.owner)
  expect(rows).toEqual([{ n: expect.any(Number) }])
})

test('openDatabase() keeps serving after the server ended its idle connections', async () => {
  await using another = database.openAnother({ applicationName: 'to be ended' })
  await sql`select 1`.execute(another.db)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to be ended'`.execute(
    database.owner,
  )
  await expect
    .poll(() =>
      sql`select 1`.execute(another.db).then(
        () => 'served',
        () => 'lost',
      ),
    )
    .toBe('served')
})

test('openDatabase() outlives a connection that the server ended inside a transaction', async () => {
  await using another = database.openAnother({ poolSize: 1, applicationName: 'to be cut' })
  const attempt = another.db.transaction().execute(async (tx) => {
    await sql`select 1`.execute(tx)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to be cut'`.execute(
      database.owner,
    )
    await sql`select 1`.execute(tx)
  })
  await expect(attempt).rejects.toThrow(/terminat|not queryable/)
  expect(await sql`select 1 as n`.execute(another.db)).toMatchObject({ rows: [{ n: 1 }] })
})

test('openDatabase() goes on after a statement that took too long, or waited too long for a lock', async () => {
  await using limited = database.openAnother({ poolSize: 1, statementTimeoutMs: 50 })
  await expect(sql`select pg_sleep(30)`.execute(limited.db)).rejects.toMatchObject({ code: '57014' })
  const settings = sql`select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
    current_setting('idle_in_transaction_session_timeout') as idle`
  expect((await settings.execute(limited.db)).rows).toEqual([{ statement: '50ms', lock: '5s', idle: '10s' }])
})

test('openDatabase() lets more statements wait than it has connections, and loses none', async () => {
  await using narrow = database.openAnother({ poolSize: 2 })
  const answers = Array.from({ length: 100 }, (_, n) =>
    sql<{ n: number }>`select ${n}::integer as n`.execute(narrow.db),
  )
  expect((await Promise.all(answers)).map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 100 }, (_, n) => n))
})

test('openDatabase() refuses in words when no connection comes free, and serves again when one does', async () => {
  await using narrow = database.openAnother({ poolSize: 1, connectTimeoutMs: 100 })
  const held = await narrow.pool.connect()
  const refused = { reason: 'dependency_unreachable', message: expect.stringContaining('stayed in use for 0.1 s') }
  await expect(sql`select 1`.execute(narrow.db)).rejects.toMatchObject(refused)
  await expect(narrow.pool.query('select 1')).rejects.toMatchObject(refused)
  held.release()
  expect(await sql`select 1 as n`.execute(narrow.db)).toMatchObject({ rows: [{ n: 1 }] })
})

test('givenTenant() gives a tenant of the workspace', async () => {
  const tenant = await givenTenant(database.db, await givenWorkspace(database.db), { name: 'Contoso' })
  const row = await database.owner
    .selectFrom('tenants')
    .select('name')
    .where('workspace_id', '=', tenant.workspaceId)
    .executeTakeFirst()
  expect(row).toEqual({ name: 'Contoso' })
})
