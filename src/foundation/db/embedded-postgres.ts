import { chmod, mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { findBinaries, reachableBinaries } from '#foundation/db/embedded/binaries.ts'
import { createCluster, dataFolder, findCluster, type Cluster } from '#foundation/db/embedded/cluster.ts'
import {
  joinServer,
  leaveServer,
  serverUrl,
  type JoinOptions,
  type ServerSession,
} from '#foundation/db/embedded/join-server.ts'
import { outsideFolder } from '#foundation/db/embedded/outside.ts'
import { canRun, chooseServerUser, type ServerUser } from '#foundation/db/embedded/server-user.ts'
import { serverSettings } from '#foundation/db/embedded/settings.ts'
import { sqlState } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Log } from '#foundation/observability/log.ts'

/*
 * A real PostgreSQL 18 of our own, for people who bring none: data in the data folder, loopback only, a password in a
 * file only its owner reads. Any number of processes may ask for the server of a data folder; they get the same one,
 * the last to leave stops it, and one that a kill left behind is found again.
 */

export interface EmbeddedPostgresOptions {
  /** TENANTATLAS_DATA_DIR. */
  readonly dataDir: string
  readonly log: Log
  /** PostgreSQL settings over our defaults, by name. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where programs and data go when the server's user cannot reach them in place. */
  readonly outside?: readonly string[]
  /** False in tests only: faster, and lost when the machine (not the server) crashes. */
  readonly durable?: boolean
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** The product's database, password included: never log it. */
  readonly url: string
  /** Whether the server ran before. */
  readonly reused: boolean
  /** Ends this process's use of the server; the server itself unless another process uses it. */
  stop(): Promise<void>
}

const databaseName = 'tenantatlas'

/**
 * Finds or starts the server of a data folder, making its database on first use. While it is in use, a server that
 * dies is started again on the same port.
 * @throws Failure `damaged` when there is a database that PostgreSQL cannot use; nothing is changed then
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const server = new UsedServer(await prepare(dataDir, options), options.log)
  const { port, reused } = await server.join()
  const url = serverUrl(server.cluster, port, databaseName)
  const stop = () => server.leave()
  return { url, reused, stop, [Symbol.asyncDispose]: stop }
}

type Prepared = { readonly cluster: Cluster } & Pick<JoinOptions, 'binaries' | 'settings'>

async function prepare(
  dataDir: string,
  { settings = {}, outside, durable = true }: EmbeddedPostgresOptions,
): Promise<Prepared> {
  await makeDataDir(dataDir)
  const known = await findCluster(dataDir)
  const user = known?.user ?? chooseServerUser()
  if (known === undefined) await letThrough(dataDir, user)
  else requireReachable(known)
  const found = await findBinaries()
  const isOutside = !canRun(`${found.folder}/bin/postgres`, user) || !canRun(dataDir, user)
  const beyond = isOutside ? await outsideFolder(user, outside) : dataDir
  const binaries = await reachableBinaries(found, user, beyond)
  if (known === undefined) await createCluster({ dataDir, user, binaries, outside: beyond, durable })
  const cluster = known ?? (await findCluster(dataDir))
  if (cluster === undefined) throw new TypeError('a cluster that was just made is not there')
  return { cluster, binaries, settings: serverSettings(settings, durable) }
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    const message = `The data folder ${dataDir} cannot be made: set TENANTATLAS_DATA_DIR to a folder you may write.`
    throw new Failure('missing_configuration', message, { cause: error })
  }
}

/**
 * Started by root, the server's user has to pass through the data folder. It may pass, not look around; what is
 * private in the folder has its own mode.
 */
async function letThrough(dataDir: string, user: ServerUser): Promise<void> {
  const isOnlyObstacle = !canRun(dataDir, user) && canRun(dirname(dataDir), user)
  if (isOnlyObstacle) await chmod(dataDir, 0o711)
}

function requireReachable(cluster: Cluster): void {
  if (canRun(dataFolder(cluster), cluster.user)) return
  throw new Failure(
    'invalid_state',
    `User id ${cluster.user.uid}, who owns the database in ${cluster.folder}, cannot enter that folder: move the data folder to where it can, and set TENANTATLAS_DATA_DIR.`,
  )
}

/** This process's use of a server: one session that is opened anew, with the server if need be, when it breaks. */
class UsedServer {
  readonly cluster: Cluster
  readonly #prepared: Prepared
  readonly #log: Log
  readonly #leaving = new AbortController()
  #session: Promise<ServerSession | undefined> = Promise.resolve(undefined)

  constructor(prepared: Prepared, log: Log) {
    this.cluster = prepared.cluster
    this.#prepared = prepared
    this.#log = log
  }

  async join(): Promise<ServerSession> {
    const session = await joinServer(this.cluster, { ...this.#prepared, signal: this.#leaving.signal })
    this.#keep(session)
    await createDatabase(session.client)
    return session
  }

  async leave(): Promise<void> {
    if (this.#leaving.signal.aborted) return
    this.#leaving.abort()
    const session = await this.#session
    if (session !== undefined) await leaveServer(this.cluster, session)
  }

  #keep(session: ServerSession): void {
    this.#session = Promise.resolve(session)
    session.client.once('end', () => {
      if (!this.#leaving.signal.aborted) this.#session = this.#rejoin(session.port)
    })
  }

  async #rejoin(port: number): Promise<ServerSession | undefined> {
    this.#log.warn('embedded database lost, joining or starting it again')
    for (let waitMs = 100; !this.#leaving.signal.aborted; waitMs = Math.min(waitMs * 2, 30_000)) {
      try {
        const session = await joinServer(this.cluster, { ...this.#prepared, port, signal: this.#leaving.signal })
        this.#keep(session)
        return session
      } catch (error) {
        if (!this.#leaving.signal.aborted) this.#log.error({ err: error }, 'embedded database cannot be started again')
        await delay(waitMs, undefined, { signal: this.#leaving.signal }).catch(() => undefined)
      }
    }
    return undefined
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName])
  if (rowCount === 1) return
  try {
    await client.query(`create database ${databaseName}`)
  } catch (error) {
    // Another process made it at the same moment: duplicate_database, or the unique index behind it.
    if (!['42P04', '23505'].includes(sqlState(error))) throw error
  }
}
