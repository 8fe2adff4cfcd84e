import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { listen } from '#domain/operations/listen.ts'
import { announceChange, channels, wakeWorkers } from '#domain/operations/wake.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { givenContext } from '#foundation/kernel/context-testing.ts'
import { newId, type RunId, type WorkspaceId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })

const newRun = () => ({ ctx: givenContext(newId<WorkspaceId>()), runId: newId<RunId>() })
const payloadOf = ({ ctx, runId }: ReturnType<typeof newRun>) => `${ctx.workspaceId} ${runId}`

test('listen() hears what is announced, and again after its connection was lost', async () => {
  await using listening = database.openAnother({ applicationName: 'listener' })
  const news: (string | null)[] = []
  const onNews = (one: { payload: string } | null) => news.push(one === null ? null : one.payload)
  await using _ears = listen({ pool: listening.pool, channels: [channels.changed], onNews, log })
  await expect.poll(() => news).toEqual([null])
  const [first, second] = [newRun(), newRun()]
  announceChange(database.db, first)
  await expect.poll(() => news).toEqual([null, payloadOf(first)])
  await database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'listener'`,
  )
  await expect.poll(() => news).toEqual([null, payloadOf(first), null])
  announceChange(database.db, second)
  await expect.poll(() => news).toEqual([null, payloadOf(first), null, payloadOf(second)])
})

test('listen() outlives a connection that is cut while it begins to listen', async () => {
  const behind = new URL(database.url)
  let cuts = 0
  const proxy = createServer((client) => {
    const server = connect(Number(behind.port), behind.hostname)
    for (const socket of [client, server]) socket.on('error', () => undefined)
    server.on('data', (bytes: Buffer) => client.write(bytes))
    client.on('close', () => server.destroy())
    client.on('data', (bytes: Buffer) => {
      const isCut = cuts === 0 && bytes.includes('listen ')
      if (isCut) client.destroy()
      else server.write(bytes)
      cuts += Number(isCut)
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = new URL(behind)
  before.port = String((proxy.address() as AddressInfo).port)
  await using cut = database.openAnother({ url: before.href, log })
  const news: unknown[] = []
  // What nobody catches fails the whole test run.
  await using _ears = listen({ pool: cut.pool, channels: [channels.ready], onNews: (one) => news.push(one), log })
  await expect.poll(() => news).toEqual([null])
  expect(cuts).toBe(1)
  proxy.close()
})

test('listen() stops at once when no connection can be had', async () => {
  await using exhausted = database.openAnother({ poolSize: 1 })
  const client = await exhausted.pool.connect()
  const ears = listen({ pool: exhausted.pool, channels: [channels.ready], onNews: () => undefined, log })
  await expect(Promise.resolve(ears[Symbol.asyncDispose]())).resolves.toBeUndefined()
  client.release()
})

test('announcements of one moment are sent together, and many as one that names none', async () => {
  await using listening = database.openAnother()
  const news: (string | null)[] = []
  const onNews = (one: { channel: string; payload: string } | null) => news.push(one === null ? null : one.payload)
  await using _ears = listen({ pool: listening.pool, channels: [channels.changed, channels.ready], onNews, log })
  await expect.poll(() => news).toEqual([null])
  const [first, ...others] = Array.from({ length: 60 }, newRun)
  if (first === undefined) throw new Error('sixty are made')
  for (const run of [first, ...others]) announceChange(database.db, run)
  // The first rings at once; the others wait together.
  await expect.poll(() => news).toEqual([null, payloadOf(first), ''])
  for (let n = 0; n < 100; n += 1) wakeWorkers(database.db)
  await expect.poll(() => news.length).toBe(5)
})
