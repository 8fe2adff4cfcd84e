import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Binaries } from '#foundation/db/embedded/binaries.ts'
import { databaseUser, type Cluster } from '#foundation/db/embedded/cluster.ts'
import {
  findPostmaster,
  isStopped,
  removeStalePidFile,
  startPostmaster,
  type StartingServer,
} from '#foundation/db/embedded/postmaster.ts'
import { sqlState } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/*
 * How processes share one server. Each holds a session with a shared advisory lock for as long as it uses the server;
 * PostgreSQL drops it when the process dies, however it dies. Who leaves and finds no other session stops the server,
 * also one that a killed process left behind. PostgreSQL's own pid file decides between two that start it at once.
 */

export interface JoinOptions {
  readonly binaries: Binaries
  readonly settings: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Required where an address was already given out; otherwise the last one, or any free one. */
  readonly port?: number
}

export interface ServerSession {
  readonly client: pg.Client
  readonly port: number
  /** Whether the server ran before. */
  readonly reused: boolean
}

// 'ta_s' in ASCII; only ever taken in the database `postgres`.
const usersLock = 0x74615f73
const deadlineMs = 120_000
const pollMs = 25

/**
 * Finds the running server of a cluster or starts it, and opens the session that says this process uses it.
 * @throws Failure `damaged` when PostgreSQL refuses the data; nothing was changed then
 */
export async function joinServer(cluster: Cluster, options: JoinOptions): Promise<ServerSession> {
  const deadline = Date.now() + deadlineMs
  let started: StartingServer | undefined
  try {
    while (Date.now() < deadline) {
      options.signal.throwIfAborted()
      const running = await findPostmaster(cluster)
      const client = running === undefined || running.port === 0 ? undefined : await openSession(cluster, running.port)
      if (running !== undefined && client !== undefined) {
        return { client, port: running.port, reused: running.pid !== started?.pid }
      }
      if (running === undefined) started = await startUnlessStarting(cluster, options, started)
      await delay(pollMs)
    }
  } catch (error) {
    if (started?.pid !== undefined) killIfAlive(started.pid)
    throw error
  }
  throw new Failure(
    'dependency_unreachable',
    `The embedded PostgreSQL was not ready after ${deadlineMs / 1000} s: see ${join(cluster.folder, 'server.log')}.`,
  )
}

async function startUnlessStarting(
  cluster: Cluster,
  options: JoinOptions,
  started: StartingServer | undefined,
): Promise<StartingServer> {
  const lastWords = started?.lastWords()
  if (started !== undefined && lastWords === undefined) return started
  const wasPortTaken = lastWords !== undefined && isPortTaken(await lastWords)
  await removeStalePidFile(cluster)
  if (lastWords !== undefined) refuseUnlessPassing(cluster, await lastWords)
  const port = options.port ?? (wasPortTaken ? await freePort() : await usualPort(cluster))
  await writeFile(portFile(cluster), `${port}\n`)
  return startPostmaster(cluster, { ...options, port })
}

function isPortTaken(lastWords: string): boolean {
  return lastWords.includes('could not create any TCP/IP sockets')
}

/** Throws unless the server ended for a reason that passes: another one won, its port is taken, its memory is still held. */
function refuseUnlessPassing(cluster: Cluster, lastWords: string): void {
  const passes = [
    'lock file "postmaster.pid"',
    'pre-existing shared memory block',
    'could not create any TCP/IP sockets',
  ]
  if (passes.some((words) => lastWords.includes(words))) return
  const fatal = /(?:FATAL|PANIC): +(.*)/.exec(lastWords)?.[1] ?? 'it said nothing'
  if (fatal.includes('parameter')) {
    throw new Failure(
      'missing_configuration',
      `PostgreSQL refuses a setting of TENANTATLAS_POSTGRES_SETTINGS: ${fatal}.`,
    )
  }
  throw new Failure('data_directory_damaged', `PostgreSQL cannot use the database in ${cluster.folder} (${fatal}).`)
}

/** A session that holds the users' lock; undefined while the server is not ready or just stopping. */
async function openSession(cluster: Cluster, port: number): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: serverUrl(cluster, port, 'postgres'),
    application_name: 'tenantatlas server session',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [usersLock])
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    if (isPassing(error)) return undefined
    throw new Failure(
      'data_directory_damaged',
      `The database in ${cluster.folder} refuses to work: see ${join(cluster.folder, 'server.log')}.`,
      {
        cause: error,
      },
    )
  }
}

/** No SQLSTATE: nobody listens yet. 57P: starting, stopping. 53300: all connections are taken. */
function isPassing(error: unknown): boolean {
  const state = sqlState(error)
  return state === '' || state.startsWith('57P') || state === '53300'
}

/** Ends this process's use of the server, and the server when no other process uses it. */
export async function leaveServer(cluster: Cluster, { client }: ServerSession): Promise<void> {
  try {
    if (!(await isLastUser(client))) return
    const running = await findPostmaster(cluster)
    if (running !== undefined) await stopPostmaster(cluster, running.pid)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Gives up the own lock first: of two that leave at once, the later one sees no other. */
async function isLastUser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ isLast: boolean }>(
    `select pg_try_advisory_lock($1) as "isLast" from (select pg_advisory_unlock_shared($1)) as given_up`,
    [usersLock],
  )
  return rows[0]?.isLast === true
}

async function stopPostmaster(cluster: Cluster, pid: number): Promise<void> {
  // SIGINT: ends sessions, writes a checkpoint. SIGQUIT: ends at once; the next start recovers, nothing is lost.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal)
    const deadline = Date.now() + 30_000
    while (Date.now() < deadline) {
      if (await isStopped(cluster)) return
      await delay(pollMs)
    }
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It ended by itself.
  }
}

/** The address of a database on a cluster's server, with its password. */
export function serverUrl(cluster: Cluster, port: number, database: string): string {
  return `postgres://${databaseUser}:${cluster.password}@127.0.0.1:${port}/${database}`
}

async function usualPort(cluster: Cluster): Promise<number> {
  const port = Number(await readFile(portFile(cluster), 'utf8').catch(() => ''))
  return port > 0 ? port : freePort()
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  listener.close()
  if (address === null || typeof address === 'string') throw new TypeError('a listener without a port')
  return address.port
}

function portFile(cluster: Cluster): string {
  return join(cluster.folder, 'port')
}
