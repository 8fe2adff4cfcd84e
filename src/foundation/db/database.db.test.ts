import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'

const database = useTestDatabase()

test('openDatabase() reads int8 as a number', async () => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from workspaces`.execute(database.db)
  expect(rows).toEqual([{ n: expect.any(Number) }])
})

test('openDatabase() keeps serving after the server ended its idle connections', async () => {
  await using another = database.openAnother({ applicationName: 'to be ended' })
  await sql`select 1`.execute(another.db)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to be ended'`.execute(
    database.db,
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
      database.db,
    )
    await sql`select 1`.execute(tx)
  })
  await expect(attempt).rejects.toThrow(/terminat|not queryable/)
  expect(await sql`select 1 as n`.execute(another.db)).toMatchObject({ rows: [{ n: 1 }] })
})

test('givenTenant() gives a tenant of the workspace', async () => {
  const tenant = await givenTenant(database.db, await givenWorkspace(database.db), { name: 'Contoso' })
  const row = await database.db
    .selectFrom('tenants')
    .select('name')
    .where('workspace_id', '=', tenant.workspaceId)
    .executeTakeFirst()
  expect(row).toEqual({ name: 'Contoso' })
})
