import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '#foundation/db/migrate.ts'
import { startTemporaryPostgres } from '#foundation/db/temporary-postgres.ts'

/*
 * Writes src/foundation/db/schema.ts from the migrated database. Columns keep their names. A value for a jsonb column
 * is given as text (JSON.stringify): the driver would turn an array into a PostgreSQL array.
 */

const root = join(import.meta.dirname, '..')
export const schemaFile = join(root, 'src/foundation/db/schema.ts')

/** The text of schema.ts for a migrated database. */
export async function renderSchema(url: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantatlas-types-'))
  try {
    const file = join(folder, 'schema.ts')
    await run('kysely-codegen', [
      '--dialect=postgres',
      `--url=${url}`,
      `--out-file=${file}`,
      '--default-schema=public',
      '--exclude-pattern=schema_migrations',
      `--type-mapping=${JSON.stringify({ int8: 'number', interval: 'string', jsonb: 'Jsonb' })}`,
    ])
    const generated = await readFile(file, 'utf8')
    await writeFile(file, named(generated))
    await run('oxfmt', ['--write', '-c', join(root, '.oxfmtrc.json'), file])
    return await readFile(file, 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The generator's name for the whole schema is DB; a jsonb column is read as what has yet to be parsed. */
function named(generated: string): string {
  const jsonb = 'export type Jsonb = ColumnType<unknown, string, string>\n\n'
  return generated
    .replace('export interface DB {', 'export interface Schema {')
    .replace('export type Timestamp', `${jsonb}export type Timestamp`)
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(join(root, 'node_modules/.bin', program), args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.on('error', reject)
  child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))))
  return promise
}

async function main(): Promise<void> {
  await using postgres = await startTemporaryPostgres()
  await migrate({ url: postgres.url })
  await writeFile(schemaFile, await renderSchema(postgres.url))
}

if (import.meta.main) await main()
