/**
 * The search of a matrix is tried on each of its stages: secrets put where a case can leave them, in every encoding, must be
 * found there.
 */
import { rm, writeFile } from 'node:fs/promises'
import pg from 'pg'
import { givenEntries } from '#domain/audit/audit-testing.ts'
import type { OpenDatabase } from '#foundation/db/database.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { judge, plantedLines, plantedTables, withPlantedTables, type Control } from './control.ts'
import type { SecretWatch } from './secret-watch.ts'

export interface WatchedStage {
  readonly database: OpenDatabase
  readonly watch: SecretWatch
  /** Starts a program as those of the product are started, and resolves when it has ended. */
  readonly run: (file: string) => Promise<unknown>
}

const places = [
  'stdout of processes',
  'stderr of processes',
  'log of processes',
  'log of PostgreSQL',
  'export of the audit log',
  'table audit_entries',
  ...plantedTables,
]

export async function tryTheWatch({ database: { db, pool }, watch, run }: WatchedStage): Promise<Control> {
  const { canaries, lines } = plantedLines()
  const text = lines.join('\n')
  await watch.begin()
  const program = `${watch.logFile}.mjs`
  await writeFile(program, programThatSays(text, watch.logFile))
  await run(program)
  await rm(program)
  const ctx = await givenWorkspace(db)
  await givenEntries(db, ctx, 1, { detail: { lines } })
  for (const line of lines) await pool.query(`do $$ begin raise log '%', ${pg.escapeLiteral(line)}; end $$`)
  const sources = await withPlantedTables(pool, lines, () => watch.sources(ctx))
  return judge(canaries, sources, places)
}

function programThatSays(text: string, logFile: string): string {
  return `
    import { appendFileSync } from 'node:fs'
    const text = ${JSON.stringify(text)}
    process.stdout.write(text)
    process.stderr.write(text)
    appendFileSync(${JSON.stringify(logFile)}, text)`
}
