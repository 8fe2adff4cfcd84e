import pg from 'pg'
import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  type PostgresDialectConfig,
  type Transaction,
  type TransactionSettings,
} from 'kysely'
import { connectionRefusal } from '#foundation/db/connection-refusal.ts'
import type { Schema } from '#foundation/db/schema.ts'
import { CommitUnknown, openingStatements, wasConnectionLost } from '#foundation/db/transaction.ts'
import type { Log } from '#foundation/observability/log.ts'

/** The typed query builder over a pool of connections. */
export type Database = Kysely<Schema>

/** One open transaction: everything a verb does to the database goes through it. */
export type Tx = Transaction<Schema>

/**
 * As whom the program works in the database: `api` for commands and pages, `worker` for whoever works on runs; both see
 * only the workspace of the transaction. `login`: as who logs in, for migrations and for tools that look at everything.
 */
export type DatabaseRole = 'api' | 'worker' | 'login'

export interface DatabaseOptions {
  readonly url: string
  readonly role: DatabaseRole
  /** The most connections this process holds. */
  readonly poolSize: number
  /** Shown in pg_stat_activity, so that an operator sees who holds a connection. */
  readonly applicationName: string
  readonly log: Log
  /** After this the server cancels a statement; 0 or absent means never. */
  readonly statementTimeoutMs?: number
  /** How long to wait for a connection before it is refused; default 10 s. */
  readonly connectTimeoutMs?: number
  /** After this a statement fails here, whatever the server does; absent means never. For whoever must answer in time. */
  readonly answerTimeoutMs?: number
}

export interface OpenDatabase extends AsyncDisposable {
  readonly db: Database
  readonly pool: pg.Pool
  /**
   * Breaks every connection at once, for when the server is silent: what waits for an answer fails, and what comes next
   * gets a new connection. A network that drops packets would let it wait for a quarter of an hour.
   */
  cut(): void
  /** Waits for running statements, then closes every connection. May be called twice. */
  close(): Promise<void>
}

/** How long one statement may take: of a command or a page somebody waits for, and of a worker. */
export const statementTimeouts = { personMs: 15_000, workerMs: 60_000 } as const

/** Opens a pool. Connects on first use; a connection that dies is logged and replaced, and never ends the process. */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  const pool = createPool(options)
  const db: Database = new Kysely<Schema>({ dialect: new ProductDialect({ pool }) })
  pools.set(db, pool)
  let closed: Promise<void> | undefined
  const close = () => (closed ??= db.destroy().then(() => (pool.ended ? undefined : pool.end())))
  const clients = new Set<pg.PoolClient>()
  pool.on('connect', (client) => clients.add(client))
  pool.on('remove', (client) => clients.delete(client))
  const cut = () => clients.forEach((client) => client.connection.stream.destroy())
  return { db, pool, cut, close, [Symbol.asyncDispose]: close }
}

const pools = new WeakMap<object, pg.Pool>()

/** The pool under a database that was opened here; none under a transaction. For `run-statement.ts` only. */
export function poolOf(db: Database | Tx): pg.Pool | undefined {
  return pools.get(db)
}

function createPool(options: DatabaseOptions): pg.Pool {
  const {
    url,
    role,
    poolSize,
    applicationName,
    statementTimeoutMs = 0,
    connectTimeoutMs = 10_000,
    answerTimeoutMs,
    log,
  } = options
  const pool = new ProductPool({
    ...asRole(url, role),
    max: poolSize,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // A transaction is never open while something else than the database is waited for.
    idle_in_transaction_session_timeout: 10_000,
    lock_timeout: 5_000,
    types: { getTypeParser },
    ...(statementTimeoutMs > 0 && { statement_timeout: statementTimeoutMs }),
    ...(answerTimeoutMs !== undefined && { query_timeout: answerTimeoutMs }),
  })
  // Without these listeners, one connection that the server closes would end the process: while it is idle the pool
  // tells, while it is in use the connection itself, besides failing the statement that waits on it.
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'))
  pool.on('connect', (client) => client.on('error', (error) => log.debug({ err: error }, 'database connection lost')))
  return pool
}

// With the connection and not by a statement after it, so that no statement of it runs as anybody else. Options in the
// address would replace those of the pool, so they move there.
function asRole(url: string, role: DatabaseRole): { connectionString: string; options?: string } {
  if (role === 'login') return { connectionString: url }
  const option = `-c role=tenantatlas_${role}`
  const address = URL.parse(url)
  const given = address?.searchParams.get('options') ?? null
  if (address === null || given === null) return { connectionString: url, options: option }
  address.searchParams.delete('options')
  return { connectionString: address.href, options: `${given} ${option}` }
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void

/** A pool that says in words why it gives no connection. */
class ProductPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>
  override connect(connected: Connected): void
  override connect(connected?: Connected): Promise<pg.PoolClient> | void {
    if (connected === undefined) return super.connect().catch((error: Error) => Promise.reject(this.#refusal(error)))
    super.connect((error, client, done) => connected(error && this.#refusal(error), client, done))
  }

  #refusal(error: Error): Error {
    return connectionRefusal(error, this.options)
  }
}

/** Column types that node-postgres would read as something else, by type id: int8 and interval. */
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, parseInt8],
  [pg.types.builtins.INTERVAL, String],
])

// Safe: what pg-types does, said without the `any` and the closed list of ids of its declaration.
const usualParser = pg.types.getTypeParser as (oid: number, format?: 'text' | 'binary') => (text: string) => unknown

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return parsers.get(oid) ?? usualParser(oid, format)
}

function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number`)
  return value
}

/** PostgreSQL as Kysely speaks it, with transactions that open in one round trip and say how they ended. */
class ProductDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig

  constructor(config: PostgresDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): PostgresDriver {
    return new ProductDriver(this.#config)
  }
}

type Connection = Parameters<PostgresDriver['rollbackTransaction']>[0]

class ProductDriver extends PostgresDriver {
  override async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    const begin = `start transaction isolation level ${settings.isolationLevel ?? 'read committed'}`
    const statements = [begin, ...openingStatements()]
    try {
      await connection.executeQuery(CompiledQuery.raw(statements.join('; ')))
    } catch (error) {
      // Kysely rolls back only what has begun: without this the connection would go back to the pool as it is.
      await this.rollbackTransaction(connection)
      throw error
    }
  }

  override async commitTransaction(connection: Connection): Promise<void> {
    try {
      await super.commitTransaction(connection)
    } catch (error) {
      throw wasConnectionLost(error) ? new CommitUnknown({ cause: error }) : error
    }
  }

  // The connection is discarded when the rollback fails; the error that led here is the one to tell.
  override async rollbackTransaction(connection: Connection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined)
  }
}
