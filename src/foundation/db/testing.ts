import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { openDatabase, type Database, type DatabaseOptions, type OpenDatabase } from '#foundation/db/database.ts'
import { takeCodeWallAway, takeDatabaseWallAway, wallsOff } from '#foundation/db/wall-off-testing.ts'
import { createLog } from '#foundation/observability/log.ts'

/** A migrated database of a test file's own. */
export interface TestDatabase {
  /** For the product's code: under the role it works in, behind the wall between workspaces. */
  readonly db: Database
  /** The same as the role of whoever serves people: for the HTTP surface. */
  readonly api: Database
  /** For the test's own look and its arrangements: sees the rows of every workspace. */
  readonly owner: Database
  /** Of the owner. */
  readonly pool: pg.Pool
  readonly url: string
  /** One more pool on the same database, for races between processes; the test closes it. */
  openAnother(options?: Partial<DatabaseOptions>): OpenDatabase
}

const log = createLog({ level: 'error', pretty: true })

/**
 * Gives the tests of a file (or of a `describe`) a database of their own, copied from the migrated template. Dropping
 * it fails when a test left connections open.
 */
export function useTestDatabase(): TestDatabase {
  const server = inject('postgres')
  let url: string | undefined
  let main: OpenDatabase | undefined
  let owner: OpenDatabase | undefined
  let api: OpenDatabase | undefined
  beforeAll(async () => {
    url = await createTestDatabase(server)
    main = openDatabase({ url, role: 'worker', poolSize: 10, applicationName: 'test', log })
    api = openDatabase({ url, role: 'api', poolSize: 10, applicationName: 'test api', log })
    owner = openDatabase({ url, role: 'login', poolSize: 10, applicationName: 'test owner', log })
    const off = wallsOff()
    if (off.includes('database')) await takeDatabaseWallAway(owner)
    if (off.includes('code')) [main, api].forEach(takeCodeWallAway)
  })
  afterAll(async () => {
    await main?.close()
    await owner?.close()
    await api?.close()
    if (url !== undefined) await dropTestDatabase(server.url, url)
  })
  return {
    get db() {
      return present(main).db
    },
    get owner() {
      return present(owner).db
    },
    get api() {
      return present(api).db
    },
    get pool() {
      return present(owner).pool
    },
    get url() {
      return present(url)
    },
    openAnother(options = {}) {
      return openDatabase({
        url: present(url),
        role: 'worker',
        poolSize: 10,
        applicationName: 'another',
        log,
        ...options,
      })
    },
  }
}

/** A new database on the server of the test run; its address. */
export async function createTestDatabase(server: { url: string; template: string }): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server.url, (client) => client.query(`create database ${name} template ${server.template}`))
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

/** Called with the address of each test's database before it is dropped: for whoever looks at what tests leave. */
export const beforeDrop = new Set<(url: string) => Promise<void>>()

/** Drops a test's database. @throws when connections to it were left open; it is dropped all the same. */
export async function dropTestDatabase(serverUrl: string, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  for (const look of beforeDrop) await look(url)
  await onServer(serverUrl, async (client) => {
    const leaked = await connectionsLeft(client, name)
    await client.query(`drop database ${name} with (force)`)
    if (leaked.length > 0) {
      throw new Error(
        `leaked pool: ${leaked.length} connections to the test's database were left open (${leaked.join(', ')})`,
      )
    }
  })
}

/**
 * A connection that was just closed leaves the server's list a moment later: asks until none is left, or 8 s. After ten a pool
 * lets its idle connections go by itself.
 */
async function connectionsLeft(client: pg.Client, name: string): Promise<string[]> {
  for (const deadline = Date.now() + 8_000; ;) {
    const { rows } = await client.query<{ application_name: string }>(
      `select application_name from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    )
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => row.application_name)
    await delay(20)
  }
}

async function onServer<T>(url: string, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await ask(client)
  } finally {
    await client.end()
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('the test database is there from beforeAll to afterAll only')
  return value
}
