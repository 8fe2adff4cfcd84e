import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, inject, test } from 'vitest'
import { addressOf, connectToServer } from '#foundation/db/connect-to-server.ts'

const server = inject('postgres')
let old: Server | undefined

afterEach(() => old?.close())

test('connectToServer() opens a session on a server of today', async () => {
  const client = await connectToServer(server.url, 'test')
  expect((await client.query('select 1 as said')).rows).toEqual([{ said: 1 }])
  await client.end()
})

test('connectToServer() refuses a server where nobody answers, without telling the password', async () => {
  const refused = connectToServer('postgres://ada:hunter2@127.0.0.1:1/atlas', 'test')
  await expect(refused).rejects.toMatchObject({
    reason: 'dependency_unreachable',
    message: 'No PostgreSQL answers at 127.0.0.1:1/atlas (ECONNREFUSED): check DATABASE_URL and that the server runs.',
  })
})

test('connectToServer() refuses an unknown database and a wrong password', async () => {
  const url = new URL(server.url)
  url.pathname = '/nowhere'
  await expect(connectToServer(url.href, 'test')).rejects.toMatchObject({ reason: 'missing_configuration' })
  url.password = 'wrong'
  await expect(connectToServer(url.href, 'test')).rejects.toMatchObject({
    message: expect.stringContaining('refuses the user or the password'),
  })
})

test('connectToServer() refuses a server that is too old, with its version', async () => {
  const port = await listenAsPostgres('14.12')
  await expect(connectToServer(`postgres://ada@127.0.0.1:${port}/atlas`, 'test')).rejects.toMatchObject({
    reason: 'missing_configuration',
    message: `The server at 127.0.0.1:${port}/atlas is PostgreSQL 14.12: TenantAtlas needs 15 or newer.`,
  })
})

test('connectToServer() refuses an address that is none', async () => {
  await expect(connectToServer('postgres://host:notaport/x', 'test')).rejects.toMatchObject({
    reason: 'missing_configuration',
  })
})

test('addressOf() leaves out who opens it', () => {
  expect(addressOf('postgres://ada:hunter2@db.example.com/atlas')).toBe('db.example.com:5432/atlas')
})

/** Speaks as much of the protocol as an old server needs to be recognised: it lets in, and answers one row. */
async function listenAsPostgres(version: string): Promise<number> {
  old = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), message('Z', 'I')]))
      socket.once('data', () => socket.end(answerOf(version)))
    })
  }).listen(0, '127.0.0.1')
  await once(old, 'listening')
  const address = old.address()
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}

function answerOf(version: string): Buffer {
  const column = Buffer.concat([
    Buffer.from('server_version\0'),
    int32(0),
    int16(0),
    int32(25),
    int16(-1),
    int32(-1),
    int16(0),
  ])
  return Buffer.concat([
    message('T', Buffer.concat([int16(1), column])),
    message('D', Buffer.concat([int16(1), int32(version.length), Buffer.from(version)])),
    message('C', 'SHOW\0'),
    message('Z', 'I'),
  ])
}

function message(kind: string, body: Buffer | string): Buffer {
  const content = Buffer.from(body)
  return Buffer.concat([Buffer.from(kind), int32(content.length + 4), content])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
