import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { connectToServer } from '#foundation/db/connect-to-server.ts'
import { sqlState } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/*
 * Migrations are numbered plain SQL files, forward only: NNNN_name.sql. All that are missing run in one transaction
 * under an advisory lock, so that any number of processes may migrate at once, and a migration that fails leaves the
 * schema as it was, usable by the program that made it.
 */

interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

export interface MigrationResult {
  /** Names of the files this call applied, in order; none when the schema was current. */
  readonly applied: readonly string[]
  readonly version: number
}

const productMigrations = join(import.meta.dirname, '../../../migrations')
// 'ta_m' in ASCII; any constant will do as long as it never changes.
const advisoryLock = 0x74615f6d

/**
 * Brings the database at `url` to the schema of this program.
 * @throws Failure `schema_newer` when a newer program migrated it, `missing_configuration` for a server before 15
 */
export async function migrate(options: { url: string; directory?: string }): Promise<MigrationResult> {
  const migrations = await readMigrations(options.directory ?? productMigrations)
  const client = await connectToServer(options.url, 'tenantatlas migrate')
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLock])
    const applied = await applyMissing(client, migrations)
    await client.query('commit')
    return { applied, version: migrations.at(-1)?.version ?? 0 }
  } finally {
    // Ending the session rolls back what was not committed.
    await client.end()
  }
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<string[]> {
  const known = await appliedMigrations(client)
  refuseForeignSchema(known, migrations)
  const missing = migrations.filter((migration) => !known.has(migration.version))
  for (const migration of missing) await apply(client, migration)
  return missing.map((migration) => migration.name)
}

async function appliedMigrations(client: pg.Client): Promise<Map<number, { name: string; checksum: string }>> {
  await client.query(`
    create table if not exists schema_migrations (
      version integer primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default clock_timestamp()
    )`)
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    'select version, name, checksum from schema_migrations order by version',
  )
  return new Map(rows.map((row) => [row.version, row]))
}

function refuseForeignSchema(
  known: Map<number, { name: string; checksum: string }>,
  migrations: readonly Migration[],
): void {
  const newest = Math.max(0, ...known.keys())
  const ours = migrations.at(-1)?.version ?? 0
  if (newest > ours) {
    throw new Failure(
      'schema_newer',
      `The database has schema version ${newest}, this program knows ${ours}: start the newer TenantAtlas that migrated it.`,
    )
  }
  for (const { version, name, checksum } of migrations) {
    const before = known.get(version)
    if (before === undefined && version < newest) {
      throw new Failure(
        'invalid_state',
        `Migration ${name} came after the database reached version ${newest}: number it anew.`,
      )
    }
    if (before !== undefined && before.checksum !== checksum) {
      throw new Failure(
        'invalid_state',
        `Migration ${name} is not the one this database was made with; use the program that made it, or another database.`,
      )
    }
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql)
  } catch (error) {
    if (sqlState(error) === '42501' && error instanceof Error)
      throw new Failure('missing_configuration', `Migration ${migration.name}: ${error.message}.`, { cause: error })
    throw new Error(`migration ${migration.name} failed`, { cause: error })
  }
  await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ])
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).toSorted()
  const migrations = await Promise.all(names.map((name) => readMigration(directory, name)))
  for (const [index, migration] of migrations.entries()) {
    if (migration.version === migrations[index - 1]?.version) {
      throw new TypeError(`two migrations are numbered ${migration.version}`)
    }
  }
  return migrations
}

async function readMigration(directory: string, name: string): Promise<Migration> {
  const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
  if (!(version > 0)) throw new TypeError(`${name} is not named like 0001_what_it_does.sql`)
  const sql = await readFile(join(directory, name), 'utf8')
  return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}
