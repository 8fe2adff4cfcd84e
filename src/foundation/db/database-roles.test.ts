import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type DatabaseRole, type OpenDatabase } from '#foundation/db/database.ts'
import type { EmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { requireCurrentSchema } from '#foundation/db/schema-version.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { createLog } from '#foundation/observability/log.ts'

/* Roles belong to a cluster, so each test that makes them has one of its own. */

const log = createLog({ level: 'silent', pretty: false })
const password = 'only-here'
let postgres: EmbeddedPostgres

beforeAll(async () => {
  postgres = await startTemporaryPostgres()
})
afterAll(() => postgres.stop())

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

function urlOf(login: string, database: string): string {
  const url = new URL(postgres.url)
  url.username = login
  url.password = password
  url.pathname = `/${database}`
  return url.href
}

function open(url: string, role: DatabaseRole): OpenDatabase {
  return openDatabase({ url, role, poolSize: 2, applicationName: 'roles', log })
}

/** The blocks of SQL that `docs/production.md` tells an administrator to run: the roles, and logins of their own. */
async function documentedSql(): Promise<[roles: string, logins: string]> {
  const text = await readFile(join(import.meta.dirname, '../../../docs/production.md'), 'utf8')
  const [roles, logins] = [...text.matchAll(/```sql\n([^`]+)```/g)].map(([, sql = '']) => sql)
  if (roles === undefined || logins === undefined) throw new Error('the documentation has no SQL for roles')
  return [roles, logins.replaceAll('…', password)]
}

test('migrate() by a user who may make no roles says what is missing, and works with what is documented', async () => {
  await asSuperuser(`create role plain login password '${password}'`, 'create database plain owner plain')
  const url = urlOf('plain', 'plain')
  await expect(migrate({ url })).rejects.toMatchObject({
    reason: 'missing_configuration',
    message: expect.stringContaining('the role tenantatlas_api is missing'),
  })
  const [roles] = await documentedSql()
  await asSuperuser(roles.replace('to tenantatlas ', 'to plain '))
  await migrate({ url })
  await expectWalls(url)
  await forgetRoles('plain', 'plain')
})

test('migrate() by a user with createrole, of two databases at once, makes the roles', async () => {
  await asSuperuser(`create role managed login createrole password '${password}'`)
  for (const round of [1, 2, 3]) {
    const urls = ['one', 'two'].map((name) => urlOf('managed', `${name}${round}`))
    for (const name of ['one', 'two']) await asSuperuser(`create database ${name}${round} owner managed`)
    await Promise.all(urls.map((url) => migrate({ url })))
    await Promise.all(urls.map(expectWalls))
    if (round < 3) {
      await asSuperuser(`drop database one${round}`, `drop database two${round}`)
      await asSuperuser('drop role tenantatlas_api, tenantatlas_worker, tenantatlas_door')
    }
  }
  await asSuperuser('drop database two3')
  await forgetRoles('one3', 'managed')
})

test('a login of its own acts as its one role, and needs not even take it', async () => {
  await asSuperuser(`create role owning login createrole password '${password}'`, 'create database apart owner owning')
  await migrate({ url: urlOf('owning', 'apart') })
  const [, logins] = await documentedSql()
  await asSuperuser(logins)
  const [commands, worker] = [urlOf('atlas_serve', 'apart'), urlOf('atlas_worker', 'apart')]
  await requireCurrentSchema(worker)
  await expectRole(commands, 'api')
  await expectRole(worker, 'worker')
  // As behind a pooler that drops the role.
  await expectRole(worker, 'login')
  await using wrong = open(commands, 'worker')
  await expect(wrong.pool.query('select 1')).rejects.toMatchObject({
    reason: 'missing_configuration',
    message: expect.stringContaining('may not act as tenantatlas_worker'),
  })
  await using right = open(commands, 'api')
  await expect(right.pool.query('set role tenantatlas_door')).rejects.toMatchObject({ code: '42501' })
  await expect(right.pool.query(`select * from lost_claims('0 s')`)).rejects.toMatchObject({ code: '42501' })
  await asSuperuser('drop role atlas_serve, atlas_worker')
  await forgetRoles('apart', 'owning')
})

test('openDatabase() keeps the options of its address beside the role', async () => {
  await asSuperuser('create database optional')
  const url = new URL(postgres.url)
  url.pathname = '/optional'
  await migrate({ url: url.href })
  url.searchParams.set('options', '-c search_path=elsewhere,public -c work_mem=5MB')
  await using database = open(url.href, 'api')
  const { rows } = await database.pool.query(
    `select current_user as "user", current_setting('search_path') as path, current_setting('work_mem') as memory`,
  )
  expect(rows).toEqual([{ user: 'tenantatlas_api', path: 'elsewhere,public', memory: '5MB' }])
})

/** Both roles work, each in its workspace, and the owner sees nothing without one. */
async function expectWalls(url: string): Promise<void> {
  await expectRole(url, 'api')
  await expectRole(url, 'worker')
  await using owner = open(url, 'login')
  expect(await owner.db.selectFrom('tenants').select('id').execute()).toEqual([])
}

async function expectRole(url: string, role: DatabaseRole): Promise<void> {
  await using database = open(url, role)
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await givenTenant(database.db, await givenWorkspace(database.db))
  const seen = await inWorkspace(database.db, ctx, (tx) => tx.selectFrom('tenants').select('id').execute())
  expect(seen).toEqual([{ id: ctx.tenantId }])
  expect(await database.db.selectFrom('tenants').select('id').execute()).toEqual([])
  expect((await database.pool.query('select * from queue_figures()')).rowCount).toBe(1)
}

async function forgetRoles(database: string, login: string): Promise<void> {
  await asSuperuser(
    `drop database ${database}`,
    'drop role tenantatlas_api, tenantatlas_worker, tenantatlas_door',
    `drop role ${login}`,
  )
}
