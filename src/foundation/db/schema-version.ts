import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { connectToServer } from '#foundation/db/connect-to-server.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface SchemaVersions {
  /** The newest migration the database has; 0 when none ever ran. */
  readonly database: number
  /** The newest migration this program has. */
  readonly program: number
  /** As the server says it, e.g. `18.4`. */
  readonly server: string
}

/** Which schema the database has and which this program needs. */
export async function schemaVersions(url: string): Promise<SchemaVersions> {
  const client = await connectToServer(url, 'tenantatlas schema check')
  try {
    const { rows } = await client.query<{ server: string; migrated: boolean }>(
      `select current_setting('server_version') as server, to_regclass('schema_migrations') is not null as migrated`,
    )
    const { server = '', migrated = false } = rows[0] ?? {}
    return { database: migrated ? await newestApplied(client) : 0, program: await programVersion(), server }
  } finally {
    await client.end()
  }
}

/** @throws Failure when the database must be migrated first, or was migrated by a newer program. */
export async function requireCurrentSchema(url: string): Promise<void> {
  const { database, program } = await schemaVersions(url)
  if (database > program) {
    throw new Failure(
      'schema_newer',
      `The database has schema version ${database}, this program knows ${program}; start the newer TenantAtlas that migrated it.`,
    )
  }
  if (database < program) {
    throw new Failure(
      'invalid_state',
      `The database has schema version ${database}, this program needs ${program}; run \`tenantatlas migrate\`.`,
    )
  }
}

async function newestApplied(client: {
  query(text: string): Promise<{ rows: { version: number | null }[] }>
}): Promise<number> {
  const { rows } = await client.query('select max(version) as version from schema_migrations')
  return rows[0]?.version ?? 0
}

/** The newest migration this program has. */
export async function programVersion(): Promise<number> {
  const names = await readdir(join(import.meta.dirname, '../../../migrations'))
  const versions = names.filter((name) => name.endsWith('.sql')).map((name) => Number.parseInt(name, 10))
  return Math.max(0, ...versions)
}
