import { CompiledQuery } from 'kysely'
import { poolOf } from '#foundation/db/database.ts'
import type { Database, Tx } from '#foundation/db/database.ts'

/** A statement that is worth preparing: run so often that parsing it anew would show. */
export interface Statement {
  /** Unique in the program. */
  readonly name: string
  readonly text: string
}

/**
 * Runs a hot statement: prepared, so that each connection of the pool parses it once; inside a transaction plainly.
 */
export async function runStatement<Row extends object>(
  db: Database | Tx,
  { name, text }: Statement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const pool = poolOf(db)
  if (pool === undefined) return (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows
  return (await pool.query<Row>({ name, text, values: [...values] })).rows
}
