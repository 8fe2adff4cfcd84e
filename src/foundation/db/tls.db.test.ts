import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { sql } from 'kysely'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { untrusted, useAuthority } from '#foundation/crypto/tls-testing.ts'
import type { TlsSettings } from '#foundation/crypto/tls-testing.ts'
import { connectToServer } from '#foundation/db/connect-to-server.ts'
import { openDatabase } from '#foundation/db/database.ts'
import { chooseServerUser } from '#foundation/db/embedded/server-user.ts'
import type { EmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'
import { createLog } from '#foundation/observability/log.ts'

/* A server with TLS, whose certificate is good for `localhost` alone. */

const log = createLog({ level: 'silent', pretty: false })
let folder: string
let authority: string
let postgres: EmbeddedPostgres

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantatlas-tls-'))
  const { uid, gid } = chooseServerUser()
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  authority = join(folder, 'server.crt')
  const key = join(folder, 'server.key')
  await writeFile(authority, made.cert)
  await writeFile(key, made.private, { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) for (const path of [folder, authority, key]) await chown(path, uid, gid)
  postgres = await startTemporaryPostgres({ ssl: 'on', ssl_cert_file: authority, ssl_key_file: key })
})

afterAll(async () => {
  await postgres.stop()
  await rm(folder, { recursive: true })
})

function urlWith(host: string, parameters: Record<string, string>): string {
  const url = new URL(postgres.url)
  url.hostname = host
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

test('openDatabase() with sslmode=verify-full speaks TLS to a server whose certificate it trusts', async () => {
  const url = urlWith('localhost', { sslmode: 'verify-full', sslrootcert: authority })
  await using database = openDatabase({
    url,
    role: 'login',
    poolSize: 1,
    applicationName: 'tls',
    log,
    statementTimeoutMs: 5_000,
  })
  const asked = sql<{ ssl: boolean }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
  expect((await asked.execute(database.db)).rows).toEqual([{ ssl: true }])
})

test('connectToServer() with sslmode=verify-full refuses an authority it does not know, and another name', async () => {
  const unknown = connectToServer(urlWith('localhost', { sslmode: 'verify-full' }), 'tls')
  await expect(unknown).rejects.toMatchObject({
    reason: 'missing_configuration',
    message: expect.stringContaining('not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)'),
  })
  const other = connectToServer(urlWith('127.0.0.1', { sslmode: 'verify-full', sslrootcert: authority }), 'tls')
  await expect(other).rejects.toMatchObject({
    reason: 'missing_configuration',
    message: expect.stringContaining('a certificate for another name'),
  })
})

test('connectToServer() refuses to do without the TLS that was asked for', async () => {
  const plain = new URL(inject('postgres').url)
  plain.searchParams.set('sslmode', 'verify-full')
  await expect(connectToServer(plain.href, 'tls')).rejects.toMatchObject({
    message: expect.stringContaining('offers no TLS'),
  })
})

test('connectToServer() says that a certificate file cannot be read', async () => {
  const url = urlWith('localhost', { sslmode: 'verify-full', sslrootcert: join(folder, 'nowhere.crt') })
  await expect(connectToServer(url, 'tls')).rejects.toMatchObject({ message: expect.stringContaining('sslrootcert') })
})

/* Somebody in the place of the server, who agrees to TLS and then listens. */

const impostors = useAuthority()

async function givenImpostor(settings: TlsSettings) {
  let heard = 0
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write('S')
      const line = new TLSSocket(socket, { isServer: true, ...settings })
      line.on('error', () => socket.destroy())
      line.on('data', (piece) => {
        heard += piece.length
        socket.destroy()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: (sslmode: string) => `postgres://ada:hunter2@localhost:${port}/atlas?sslmode=${sslmode}`,
    heard: () => heard,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

test('connectToServer() talks to whom an authority it knows has signed', async () => {
  await using impostor = await givenImpostor(impostors.settings.trusted)
  await expect(connectToServer(impostor.url('require'), 'tls')).rejects.toMatchObject({
    reason: 'dependency_unreachable',
  })
  expect(impostor.heard()).toBeGreaterThan(0)
})

const modes = ['prefer', 'require', 'verify-ca', 'verify-full'].flatMap((mode) =>
  untrusted.map(([what, kind, code]) => [mode, what, kind, code] as const),
)

test.each(modes)('connectToServer() with sslmode=%s tells nothing to a server %s', async (mode, _, kind, code) => {
  await using impostor = await givenImpostor(impostors.settings[kind])
  const refused: unknown = await connectToServer(impostor.url(mode), 'tls').catch((error: unknown) => error)
  expect(refused).toMatchObject({ cause: { code: expect.stringMatching(code) } })
  expect(impostor.heard()).toBe(0)
})
