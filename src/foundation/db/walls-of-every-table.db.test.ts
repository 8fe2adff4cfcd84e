import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openDatabase, type DatabaseRole, type OpenDatabase } from '#foundation/db/database.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createTestDatabase, dropTestDatabase } from '#foundation/db/testing.ts'
import { createLog } from '#foundation/observability/log.ts'

/*
 * Every table with a workspace has a row of two workspaces, and each role stands in the first. The tables are read from the
 * catalogue, so one that is made tomorrow is among them.
 */

const server = inject('postgres')
const log = createLog({ level: 'silent', pretty: false })
const appRoles = ['api', 'worker'] as const
const [a, b] = ['0000000a-0000-7000-8000-000000000000', '0000000b-0000-7000-8000-000000000000']

let url: string
let owner: OpenDatabase
let product: Record<(typeof appRoles)[number], OpenDatabase>
let tables: string[]

function open(role: DatabaseRole): OpenDatabase {
  return openDatabase({ url, role, poolSize: 2, applicationName: `walls ${role}`, log })
}

beforeAll(async () => {
  url = await createTestDatabase({ url: server.url, template: 'template0' })
  await migrate({ url })
  owner = open('login')
  product = { api: open('api'), worker: open('worker') }
  tables = await scopedTables()
  for (const table of tables) await fill(table)
})

afterAll(async () => {
  await Promise.all([owner.close(), product.api.close(), product.worker.close()])
  await dropTestDatabase(server.url, url)
})

async function scopedTables(): Promise<string[]> {
  const { rows } = await owner.pool.query<{ relname: string }>(`
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`)
  return rows.map((row) => row.relname)
}

/** A row of each workspace, whatever it says: no foreign key is asked, and no check is left. */
async function fill(table: string): Promise<void> {
  const { rows: checks } = await owner.pool.query<{ conname: string }>(
    `select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
    [table],
  )
  const { rows: columns } = await owner.pool.query<{ name: string; type: string; label: string | null }>(
    `select a.attname as name, a.atttypid::regtype::text as type,
       (select e.enumlabel from pg_enum e where e.enumtypid = a.atttypid order by e.enumsortorder limit 1) as label
     from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attnotnull`,
    [table],
  )
  // References of several columns hold the tenant, too: one for each workspace, by the same id.
  const tenantColumn = table === 'tenants' ? 'id' : 'tenant_id'
  const names = columns.map(({ name }) => name).join(', ')
  const client = await owner.pool.connect()
  await client.query('set session_replication_role = replica')
  for (const { conname } of checks) await client.query(`alter table ${table} drop constraint ${conname}`)
  for (const workspace of [a, b]) {
    const values = columns.map(({ name, type, label }) =>
      name === 'workspace_id' || name === tenantColumn ? `'${workspace}'` : label === null ? anyOf(type) : `'${label}'`,
    )
    await client.query(`insert into ${table} (${names}) values (${values.join(', ')})`)
  }
  await client.query('reset session_replication_role')
  client.release()
}

function anyOf(type: string): string {
  const values: Record<string, string> = {
    uuid: 'gen_random_uuid()',
    text: 'md5(random()::text)',
    bytea: 'sha256(random()::text::bytea)',
    jsonb: `'{}'`,
    boolean: 'false',
    interval: `'1 hour'`,
    'timestamp with time zone': 'clock_timestamp()',
    'text[]': `'{}'`,
    'uuid[]': `'{}'`,
  }
  return values[type] ?? '1'
}

/** What a role gets of a statement in the first workspace, taken back: how many rows, or the error's code. */
async function standing(
  role: (typeof appRoles)[number],
  statement: string,
  values: readonly unknown[] = [],
): Promise<number | string | null | undefined> {
  const client = await product[role].pool.connect()
  try {
    await client.query(`begin; set local app.workspace_id = '${a}'`)
    return await client.query(statement, [...values]).then(
      ({ rowCount }) => rowCount,
      (error: pg.DatabaseError) => error.code,
    )
  } finally {
    await client.query('rollback').finally(() => client.release())
  }
}

/** The row of a workspace as text. */
async function rowOf(table: string, workspace: string | undefined): Promise<string> {
  const { rows } = await owner.pool.query<{ text: string }>(
    `select to_jsonb(t)::text as text from ${table} t where workspace_id = $1`,
    [workspace],
  )
  return rows[0]?.text ?? ''
}

interface Reference {
  readonly name: string
  readonly table: string
  readonly target: string
  /** Those besides the workspace, and what they refer to. */
  readonly columns: readonly string[]
  readonly targets: readonly string[]
}

async function references(): Promise<Reference[]> {
  const { rows } = await owner.pool.query<Reference>(`
    select k.conname as name, k.conrelid::regclass::text as table, k.confrelid::regclass::text as target,
      array_agg(m.attname::text order by pair.n) as columns, array_agg(t.attname::text order by pair.n) as targets
    from pg_constraint k
    cross join lateral unnest(k.conkey, k.confkey) with ordinality as pair (mine, theirs, n)
    join pg_attribute m on m.attrelid = k.conrelid and m.attnum = pair.mine and m.attname <> 'workspace_id'
    join pg_attribute t on t.attrelid = k.confrelid and t.attnum = pair.theirs
    where k.contype = 'f' and k.connamespace = 'public'::regnamespace
      and exists (select from pg_attribute w where w.attrelid = k.confrelid and w.attname = 'workspace_id')
    group by k.oid order by 1`)
  return rows
}

// 42501: no grant, or against the policy.
const nothing = expect.toSatisfy((did: unknown) => did === 0 || did === '42501')

describe.each(appRoles)('the role %s, of every table with a workspace,', (role) => {
  test('sees no row outside a workspace, and inside one only its own', async () => {
    for (const table of tables) {
      expect([table, (await product[role].pool.query(`select from ${table}`)).rowCount]).toEqual([table, 0])
      expect([table, await standing(role, `select from ${table}`)]).toEqual([table, 1])
      expect([table, await standing(role, `select from ${table} where workspace_id = '${b}'`)]).toEqual([table, 0])
    }
    expect(tables.length).toBeGreaterThan(25)
  })

  test('changes and deletes no row of another workspace, and puts none there', async () => {
    for (const table of tables) {
      const theirs = `${table} where workspace_id = '${b}'`
      const change = `update ${table} set workspace_id = workspace_id where workspace_id = '${b}'`
      expect([table, await standing(role, change)]).toEqual([table, nothing])
      expect([table, await standing(role, `delete from ${theirs}`)]).toEqual([table, nothing])
      expect([table, await standing(role, `update ${table} set workspace_id = '${b}'`)]).toEqual([table, '42501'])
      const copy = `insert into ${table} select * from jsonb_populate_record(null::${table}, $1::jsonb)`
      expect([table, await standing(role, copy, [await rowOf(table, b)])]).toEqual([table, '42501'])
    }
  })

  test('refers to no row of another workspace, only to its own', async () => {
    const all = await references()
    for (const { name, table, target, columns, targets } of all) {
      const set = columns.map((column, n) => `${column} = (jsonb_populate_record(null::${target}, $1)).${targets[n]}`)
      const refer = async (workspace: string | undefined) =>
        standing(role, `update ${table} set ${set.join(', ')}`, [await rowOf(target, workspace)])
      // 42501: the role may not change the table at all.
      expect([name, await refer(b)]).toEqual([name, expect.stringMatching(/^(23503|42501)$/)])
      expect([name, await refer(a)]).toEqual([name, expect.toSatisfy((did: unknown) => did === 1 || did === '42501')])
    }
    expect(all.length).toBeGreaterThan(25)
  })
})
