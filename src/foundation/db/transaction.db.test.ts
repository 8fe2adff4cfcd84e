import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { beforeCommit, CommitUnknown, inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { forgeries } from '#foundation/kernel/context-testing.ts'
import { newId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
let ctx: TenantContext

beforeAll(async () => {
  ctx = await givenTenant(database.db, await givenWorkspace(database.db), { name: 'Contoso' })
})

const nameOf = async () => {
  const row = await database.owner
    .selectFrom('tenants')
    .select('name')
    .where('id', '=', ctx.tenantId)
    .executeTakeFirst()
  return row?.name
}

test('inWorkspace() names the workspace inside, and nothing of it stays on the pooled connection', async () => {
  await using one = database.openAnother({ poolSize: 1 })
  const inside = await inWorkspace(one.db, ctx, async (tx) => {
    const { rows } = await sql`select app_workspace() as workspace, current_setting('lock_timeout') as lock`.execute(tx)
    return rows[0]
  })
  expect(inside).toEqual({ workspace: ctx.workspaceId, lock: '2s' })
  const { rows } = await sql`
    select current_setting('app.workspace_id') as workspace, current_setting('lock_timeout') as lock`.execute(one.db)
  expect(rows[0]).toEqual({ workspace: '', lock: '5s' })
})

test('beforeCommit() acts behind everything else, in the order it was asked, in the same transaction', async () => {
  const done: string[] = []
  const act = (name: string) => async () => void done.push(name)
  await inWorkspace(database.db, ctx, async (tx) => {
    beforeCommit(tx, act('first'))
    beforeCommit(tx, act('second'))
    await sql`select`.execute(tx)
    done.push('the rest')
  })
  expect(done).toEqual(['the rest', 'first', 'second'])
  const renamed = inWorkspace(database.db, ctx, async (tx) => {
    await tx.updateTable('tenants').set({ name: 'Fabrikam' }).where('id', '=', ctx.tenantId).execute()
    beforeCommit(tx, () => Promise.reject(new Error('it cannot be written down')))
  })
  await expect(renamed).rejects.toThrow('it cannot be written down')
  expect(await nameOf()).toBe('Contoso')
})

test('beforeCommit() does nothing for a transaction that is taken back, and refuses one that is not of inWorkspace()', async () => {
  const done: string[] = []
  const takenBack = inWorkspace(database.db, ctx, async (tx) => {
    beforeCommit(tx, async () => void done.push('never'))
    throw new Error('taken back')
  })
  await expect(takenBack).rejects.toThrow('taken back')
  const foreign = database.owner.transaction().execute(async (tx) => beforeCommit(tx, async () => undefined))
  await expect(foreign).rejects.toThrow('a transaction that inWorkspace() did not open')
  expect(done).toEqual([])
})

test.each(Object.entries(forgeries))('inWorkspace() refuses %s before anything is sent', async (_words, forge) => {
  await using closed = database.openAnother()
  await closed.close()
  const forged = forge(ctx) as WorkspaceContext
  await expect(inWorkspace(closed.db, forged, () => Promise.resolve())).rejects.toThrow('not a genuine scope')
})

test('inWorkspace() takes back what a function did that throws', async () => {
  const attempt = inWorkspace(database.db, ctx, async (tx) => {
    await tx.updateTable('tenants').set({ name: 'Fabrikam' }).where('id', '=', ctx.tenantId).execute()
    throw new Error('changed my mind')
  })
  await expect(attempt).rejects.toThrow('changed my mind')
  expect(await nameOf()).toBe('Contoso')
})

test('inWorkspace() does not pass for done when the function swallowed a database error', async () => {
  const attempt = inWorkspace(database.db, ctx, async (tx) => {
    await tx.updateTable('tenants').set({ name: 'Fabrikam' }).where('id', '=', ctx.tenantId).execute()
    await sql`select 1 / 0`.execute(tx).catch(() => undefined)
  })
  await expect(attempt).rejects.toThrow('rolled back instead of committed')
  expect(await nameOf()).toBe('Contoso')
})

test('inWorkspace() runs the whole function again after a deadlock', async () => {
  const other = await givenTenant(database.db, ctx)
  // By default deadlocks are looked for after a second: on a busy machine the locks are given up before.
  const name = new URL(database.url).pathname.slice(1)
  await database.pool.query(`alter database ${name} set deadlock_timeout = '10ms'`)
  await using quick = database.openAnother({ poolSize: 2 })
  const meeting = meetingOf(2)
  const lockBoth = async (first: string, second: string) => {
    let calls = 0
    await inWorkspace(quick.db, ctx, async (tx) => {
      calls += 1
      // Were the locks taken again, the two could meet again.
      if (calls > 1) return
      await sql`select from tenants where id = ${first} for update`.execute(tx)
      await meeting()
      await sql`select from tenants where id = ${second} for update`.execute(tx)
    })
    return calls
  }
  const calls = await Promise.all([lockBoth(ctx.tenantId, other.tenantId), lockBoth(other.tenantId, ctx.tenantId)])
  expect(calls.toSorted((a, b) => a - b)).toEqual([1, 2])
})

test('inWorkspace() runs a serializable function again that another one overtook', async () => {
  let calls = 0
  await inWorkspace(
    database.db,
    ctx,
    async (tx) => {
      calls += 1
      await tx.selectFrom('tenants').select('name').where('id', '=', ctx.tenantId).execute()
      if (calls === 1)
        await database.owner.updateTable('tenants').set({ archived_at: null }).where('id', '=', ctx.tenantId).execute()
      await tx.updateTable('tenants').set({ archived_at: null }).where('id', '=', ctx.tenantId).execute()
    },
    { isolation: 'serializable' },
  )
  expect(calls).toBe(2)
})

test.each([
  { what: 'its answer', passesOn: true },
  { what: 'it', passesOn: false },
])('inWorkspace() says unknown, not failed, when the connection dies before $what came over', async ({ passesOn }) => {
  await using proxy = await proxyThatCutsAtCommit(passesOn)
  await using cut = database.openAnother({ url: proxy.url, poolSize: 1, applicationName: 'cut' })
  const tenant = await givenTenant(database.db, ctx)
  const archive = inWorkspace(cut.db, ctx, (tx) =>
    tx.updateTable('tenants').set({ archived_at: new Date() }).where('id', '=', tenant.tenantId).execute(),
  )
  await expect(archive).rejects.toBeInstanceOf(CommitUnknown)
  const archived =
    await sql`select archived_at is not null as said from tenants where id = ${tenant.tenantId} for update`.execute(
      database.owner,
    )
  expect(archived.rows).toEqual([{ said: passesOn }])
  await expect(sql`select 1`.execute(cut.db)).resolves.toBeDefined()
})

test('inWorkspace() says failed when the server refuses to commit', async () => {
  await sql`alter table workspaces add constraint deferred_name unique (name) deferrable initially deferred`.execute(
    database.owner,
  )
  const attempt = inWorkspace(database.db, ctx, async (tx) => {
    for (const slug of ['once', 'twice'])
      await tx.insertInto('workspaces').values({ id: newId(), name: 'Twice', slug }).execute()
  })
  await expect(attempt).rejects.toMatchObject({ code: '23505' })
  await sql`alter table workspaces drop constraint deferred_name`.execute(database.owner)
})

/** Resolves for all once so many came; who comes later does not wait. */
function meetingOf(size: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let present = 0
  return () => {
    present += 1
    if (present === size) resolve()
    return promise
  }
}

/** A proxy before the test's server that cuts the first connection that sends COMMIT, after passing it on or instead. */
async function proxyThatCutsAtCommit(passesOn: boolean): Promise<{ url: string } & AsyncDisposable> {
  const behind = new URL(database.url)
  let hasCut = false
  const proxy = createServer((client) => {
    const server = connect(Number(behind.port), behind.hostname)
    for (const socket of [client, server]) socket.on('error', () => undefined)
    server.on('data', (chunk: Buffer) => client.write(chunk))
    client.on('close', () => server.end())
    client.on('data', (chunk: Buffer) => {
      const isCut = !hasCut && chunk.includes('commit\0')
      if (isCut) {
        hasCut = true
        server.removeAllListeners('data')
        server.resume()
        client.destroy()
      }
      if (!isCut || passesOn) server.write(chunk)
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = new URL(behind)
  before.port = String((proxy.address() as AddressInfo).port)
  return { url: before.href, [Symbol.asyncDispose]: async () => void proxy.close() }
}
