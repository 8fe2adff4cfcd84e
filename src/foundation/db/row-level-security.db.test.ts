import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { seed } from '#domain/workspaces/seed.ts'
import { openDatabase, type DatabaseRole, type OpenDatabase } from '#foundation/db/database.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { migrate } from '#foundation/db/migrate.ts'
import { createTestDatabase, dropTestDatabase, useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { holesInTheWall, wallRules, type WallRule } from '#foundation/db/wall-lint-testing.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

/*
 * The second wall between workspaces, on a database as the product migrates it. Whatever is planted is taken back: most of
 * it in a transaction that is rolled back.
 */

const server = inject('postgres')
const log = createLog({ level: 'silent', pretty: false })
const appRoles = ['api', 'worker'] as const

let url: string
let owner: OpenDatabase
let product: Record<(typeof appRoles)[number], OpenDatabase>
let here: TenantContext
let there: TenantContext

function open(role: DatabaseRole, poolSize = 4): OpenDatabase {
  return openDatabase({ url, role, poolSize, applicationName: `walls ${role}`, log })
}

beforeAll(async () => {
  url = await createTestDatabase({ url: server.url, template: 'template0' })
  await migrate({ url })
  owner = open('login')
  product = { api: open('api'), worker: open('worker') }
  here = await givenTenant(product.api.db, await givenWorkspace(product.api.db), { name: 'Contoso' })
  there = await givenTenant(product.api.db, await givenWorkspace(product.api.db), { name: 'Fabrikam' })
})

afterAll(async () => {
  await Promise.all([owner.close(), product.api.close(), product.worker.close()])
  await dropTestDatabase(server.url, url)
})

/** What `act` did is taken back. */
async function takenBack<T>(act: (client: pg.PoolClient) => Promise<T>, { pool } = owner): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    return await act(client)
  } finally {
    await client.query('rollback').finally(() => client.release())
  }
}

/** How many tenants a role sees that stands in `here`, by that query. */
async function seenFromHere(client: pg.PoolClient, query: string, role: string = 'tenantatlas_api'): Promise<number> {
  await client.query(`set local role ${role}; set local app.workspace_id = '${here.workspaceId}'`)
  const { rows } = await client.query<{ n: number }>(`select count(*)::int as n from (${query}) seen`)
  await client.query('reset role')
  return rows[0]?.n ?? Number.NaN
}

const holesWith = (statements: string) =>
  takenBack(async (client) => {
    await client.query(statements)
    return holesInTheWall(client)
  })

describe('the catalogue of the migrated database', () => {
  test('has no hole in the wall', async () => {
    expect(await holesInTheWall(owner.pool)).toEqual({})
  })

  const planted: Record<WallRule, readonly string[]> = {
    'a table without forced row-level security': [
      'create table planted (workspace_id uuid not null, id uuid)',
      'alter table tenants no force row level security',
      'alter table tenants disable row level security',
    ],
    'a table whose rows an app role sees by another rule than its workspace': [
      'create table planted (workspace_id uuid not null, id uuid)',
      'drop policy in_its_workspace on tenants',
      'alter policy in_its_workspace on tenants using (true)',
      'alter policy in_its_workspace on tenants with check (true)',
      'alter policy in_its_workspace on tenants to tenantatlas_worker',
    ],
    'a policy besides the two of each table, and the one that confines it to tenants': [
      'create policy another on tenants for select using (true)',
      'alter policy through_the_door on tenants to tenantatlas_door, tenantatlas_api',
    ],
    'a table of tenants that a narrowed member sees whole': [
      'drop policy of_open_tenants on schedules',
      'alter policy of_open_tenants on tenants using (true) with check (true)',
    ],
    'a view that looks with its owner’s eyes': [
      'create view planted as select * from tenants',
      'alter view run_overview reset (security_invoker)',
    ],
    'a materialized view': ['create materialized view planted as select * from tenants'],
    'a unique key without its workspace': [
      'create unique index planted on tenants (entra_tenant_id)',
      'alter table tenants add constraint planted unique (external_id)',
    ],
    'a foreign key that does not carry its workspace': [
      `create table planted (workspace_id uuid not null, other uuid, tenant_id uuid,
         foreign key (other, tenant_id) references tenants (workspace_id, id))`,
    ],
    'a definer function that is not the door’s, or is open to all, or looks names up where its caller says': [
      `create function planted() returns bigint language sql security definer as 'select count(*) from tenants'`,
      'alter function release_run reset search_path',
      'grant execute on function release_run to public',
    ],
    'a function of the door that does not act as the door': ['alter function claim_runs security invoker'],
    'an app role that may more than an app role': [
      'alter role tenantatlas_api bypassrls',
      'alter role tenantatlas_worker superuser',
      'alter role tenantatlas_door login',
      'grant tenantatlas_door to tenantatlas_worker',
      'grant create on schema public to tenantatlas_api',
    ],
    'a relation that an app role owns': ['alter table tenants owner to tenantatlas_worker'],
    'a table that an app role may truncate, refer to or put triggers on': [
      'grant truncate on tenants to tenantatlas_worker',
      'grant references on tenants to tenantatlas_api',
    ],
    'an audit log that an app role may change': [
      'grant update on audit_entries to tenantatlas_worker',
      'grant update (detail) on audit_entries to tenantatlas_door',
      'grant delete on audit_entries to tenantatlas_api',
      'grant insert on audit_entries to tenantatlas_worker',
      'grant execute on function chain_audit to tenantatlas_api',
    ],
    'a head or a checkpoint of the audit log that an app role may change': [
      'grant update (seq) on audit_heads to tenantatlas_worker',
      'grant insert on audit_heads to tenantatlas_api',
      'grant update (anchor_seq) on audit_heads to tenantatlas_api',
      'grant delete on audit_checkpoints to tenantatlas_worker',
      'grant update on audit_checkpoints to tenantatlas_door',
    ],
    'something that everybody may do': ['grant select on tenants to public'],
  }

  test.each(
    Object.entries(planted).flatMap(([rule, all]) => all.map((statement) => [rule as WallRule, statement] as const)),
  )('with %s is found: %s', async (rule, statement) => {
    expect((await holesWith(statement))[rule]).toHaveLength(1)
  })

  test('has a planted mistake for every rule', () => {
    expect(Object.keys(planted)).toEqual(Object.keys(wallRules))
  })

  test('gives the door exactly the functions that are documented, to the roles that are', async () => {
    const text = await readFile(join(import.meta.dirname, '../../../docs/isolation.md'), 'utf8')
    const documented = [...text.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| (both|worker) \|/gm)].flatMap(
      ([, names = '', by]) => [...names.matchAll(/\w+/g)].map(([name]) => ({ name, by })),
    )
    const { rows } = await owner.pool.query<{ name: string; by: string }>(`
      select p.proname as name, case when has_function_privilege('tenantatlas_api', p.oid, 'execute') then 'both' else 'worker' end as by
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
        and has_function_privilege('tenantatlas_worker', p.oid, 'execute') order by 1`)
    expect(documented.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(rows)
    expect(rows.length).toBeGreaterThan(15)
  })
})

describe('pitfall of row-level security:', () => {
  test('1: an owner passes it without FORCE; ours is forced, and app roles own nothing', async () => {
    await takenBack(async (client) => {
      await client.query('create role planted_owner; grant usage on schema public to planted_owner')
      await client.query('alter table tenants owner to planted_owner')
      const all = 'select from tenants'
      expect(await seenFromHere(client, all, 'planted_owner')).toBe(0)
      await client.query('alter table tenants no force row level security')
      expect(await seenFromHere(client, all, 'planted_owner')).toBe(2)
      expect(await holesInTheWall(client)).toEqual({ 'a table without forced row-level security': ['tenants'] })
    })
  })

  test.each(appRoles)(
    '2: the role %s sees nothing outside a workspace, and in the tests’ databases that fails',
    async (role) => {
      expect(await product[role].db.selectFrom('tenants').selectAll().execute()).toEqual([])
      await expect(
        product[role].pool.query(
          "insert into tenants (workspace_id, id, external_id, entra_tenant_id, name) values ($1, $2, gen_random_uuid(), gen_random_uuid(), 'New')",
          [here.workspaceId, newId()],
        ),
      ).rejects.toMatchObject({ code: '42501' })
      await expect(strict.db.selectFrom('tenants').selectAll().execute()).rejects.toThrow('outside every workspace')
    },
  )

  test('3: after a transaction the setting is an empty text, which is no workspace and no error', async () => {
    await using one = open('api', 1)
    await inWorkspace(one.db, here, (tx) => tx.selectFrom('tenants').select('id').execute())
    const { rows } = await one.pool.query(
      `select current_setting('app.workspace_id') as raw, app_workspace() as workspace`,
    )
    expect(rows).toEqual([{ raw: '', workspace: null }])
    expect(await one.db.selectFrom('tenants').selectAll().execute()).toEqual([])
    await expect(one.pool.query(`select current_setting('app.workspace_id')::uuid`)).rejects.toMatchObject({
      code: '22P02',
    })
  })

  test('4: a plain SET stays for whoever gets the connection next; inWorkspace() leaves none', async () => {
    await using one = open('api', 1)
    await inWorkspace(one.db, there, (tx) => tx.selectFrom('tenants').select('id').execute())
    const names = () => one.db.selectFrom('tenants').select('name').execute()
    expect(await names()).toEqual([])
    // Planted; that nothing but the transaction helper may say so is a rule of src/architecture.test.ts.
    await one.pool.query(`set app.workspace_id = '${there.workspaceId}'`)
    expect(await names()).toEqual([{ name: 'Fabrikam' }])
  })

  test('5: views and definer functions look with their owner’s eyes, and materialized views know no policies', async () => {
    await takenBack(async (client) => {
      await client.query(`
        create view seen_by_owner as select id from tenants;
        create view seen_by_caller with (security_invoker = true) as select id from tenants;
        create materialized view kept as select id from tenants;
        create function counted() returns setof uuid language sql security definer as 'select id from tenants';
        grant select on seen_by_owner, seen_by_caller, kept to tenantatlas_api`)
      expect(await seenFromHere(client, 'select from seen_by_caller')).toBe(1)
      for (const hole of ['seen_by_owner', 'kept', 'counted()'])
        expect(await seenFromHere(client, `select from ${hole}`)).toBe(2)
      expect(Object.values(await holesInTheWall(client))).toEqual([['seen_by_owner'], ['kept'], ['counted']])
    })
  })

  test('6: a foreign key looks past policies; ours carries the workspace and cannot reach another', async () => {
    const row = { workspace_id: here.workspaceId, tenant_id: there.tenantId, class: 'any', tokens: 1 }
    const reach = inWorkspace(product.worker.db, here, (tx) => tx.insertInto('graph_budgets').values(row).execute())
    await expect(reach).rejects.toMatchObject({ code: '23503' })
    await takenBack(async (client) => {
      await client.query(`
        create unique index by_id on tenants (id);
        create table planted (workspace_id uuid not null, tenant_id uuid references tenants (id));
        grant insert on planted to tenantatlas_api;
        set local role tenantatlas_api; set local app.workspace_id = '${here.workspaceId}';
        insert into planted values ('${here.workspaceId}', '${there.tenantId}');
        reset role`)
      expect(await holesInTheWall(client)).toMatchObject({
        'a foreign key that does not carry its workspace': ['planted_tenant_id_fkey'],
      })
    })
  })

  test('7: a unique key without the workspace tells of rows nobody may see; ours have it', async () => {
    const [mine] = await owner.db.selectFrom('tenants').selectAll().where('id', '=', there.tenantId).execute()
    const same = { external_id: newId(), entra_tenant_id: mine?.entra_tenant_id ?? '', name: 'The same at Microsoft' }
    const insert = (client: pg.PoolClient) =>
      client.query(
        `set local role tenantatlas_api; set local app.workspace_id = '${here.workspaceId}';
         insert into tenants (workspace_id, id, external_id, entra_tenant_id, name)
         values ('${here.workspaceId}', '${newId()}', '${same.external_id}', '${same.entra_tenant_id}', '${same.name}')`,
      )
    await takenBack(insert)
    await takenBack(async (client) => {
      await client.query('create unique index planted on tenants (entra_tenant_id)')
      expect(await holesInTheWall(client)).toEqual({ 'a unique key without its workspace': ['planted'] })
      await expect(insert(client)).rejects.toMatchObject({ code: '23505' })
    })
  })

  test('8: COPY FROM is refused; INSERT … SELECT unnest() is how much is written at once', async () => {
    const inHere = `set local app.workspace_id = '${here.workspaceId}'`
    await takenBack(async (client) => {
      await client.query(inHere)
      await expect(client.query('copy scope_tags from stdin')).rejects.toMatchObject({ code: '0A000' })
    }, product.worker)
    await takenBack(async (client) => {
      await client.query(inHere)
      const many = await client.query(
        `insert into scope_tags (workspace_id, tenant_id, scope_tag_id, name, observed_at)
         select $1, $2, tag, tag, clock_timestamp() from unnest($3::text[]) tag`,
        [here.workspaceId, here.tenantId, Array.from({ length: 1_000 }, (_, n) => `${n}`)],
      )
      expect(many.rowCount).toBe(1_000)
    }, product.worker)
  })

  test('9: TRUNCATE is a grant and no policy: no role has it, on any table', async () => {
    for (const role of appRoles)
      for (const table of await scopedTables())
        await expect(product[role].pool.query(`truncate ${table} cascade`)).rejects.toMatchObject({ code: '42501' })
  })

  test('10: a backup needs BYPASSRLS, which none of ours has: it fails instead of being half', async () => {
    for (const role of appRoles) {
      await takenBack(async (client) => {
        await client.query('set local row_security = off')
        await expect(client.query('select from tenants')).rejects.toMatchObject({ code: '42501' })
      }, product[role])
    }
    await takenBack(async (client) => {
      await client.query('create role planted_backup bypassrls in role pg_read_all_data')
      await client.query('set local role planted_backup; set local row_security = off')
      expect((await client.query('select from tenants')).rowCount).toBe(2)
    })
  })

  test('11: a process may set any workspace: the wall keeps out what is forgotten, not what is asked for', async () => {
    const names = await inWorkspace(product.api.db, there, (tx) => tx.selectFrom('tenants').select('name').execute())
    expect(names).toEqual([{ name: 'Fabrikam' }])
    // So which one it is comes from a context alone, and nothing that is not a UUID ever becomes SQL.
    const hostile = `${here.workspaceId}'; reset role; --` as typeof here.workspaceId
    expect(() => givenContext(hostile)).toThrow('not a UUID')
  })

  const strict = useTestDatabase()
})

async function scopedTables(): Promise<string[]> {
  const { rows } = await owner.pool.query<{ relname: string }>(`
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`)
  return rows.map((row) => row.relname)
}

test('the demo workspace is made and read behind the wall by both roles', async () => {
  for (const role of appRoles) {
    const { ctx, tenants } = await seed(product[role].db, {
      workspace: { name: `Seeded by ${role}`, slug: `seeded-${role}`, ownerName: 'Ada' },
      members: [],
      tenants: [{ name: 'Contoso', entraTenantId: crypto.randomUUID() }],
    })
    const seen = await inWorkspace(product[role].db, ctx, (tx) => tx.selectFrom('tenants').select('id').execute())
    expect(seen).toEqual(tenants.map(({ tenantId }) => ({ id: tenantId })))
  }
})
