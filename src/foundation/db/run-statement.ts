import { createHash } from 'node:crypto'
import type pg from 'pg'
import { CompiledQuery } from 'kysely'
import { poolOf } from '#foundation/db/database.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { sqlState } from '#foundation/db/transaction.ts'

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
  statement: Statement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  const pool = poolOf(db)
  if (pool === undefined) return (await db.executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]))).rows
  return onPool<Row>(pool, statement, values)
}

/** Pools behind which prepared statements do not stay where they were prepared. */
const unprepared = new WeakSet<pg.Pool>()

async function onPool<Row extends object>(pool: pg.Pool, { name, text }: Statement, given: readonly unknown[]) {
  const values = [...given]
  if (unprepared.has(pool)) return (await pool.query<Row>({ text, values })).rows
  try {
    return (await pool.query<Row>({ name: preparedName(name, text), text, values })).rows
  } catch (error) {
    if (!isElsewhere(error)) throw error
    // Nothing was executed yet. From now on as behind any pooler that hands each transaction to another connection.
    unprepared.add(pool)
    return (await pool.query<Row>({ text, values })).rows
  }
}

/** No such prepared statement, or one of that name already: this connection's session is not the one we prepared it in. */
function isElsewhere(error: unknown): boolean {
  return ['26000', '42P05'].includes(sqlState(error))
}

const names = new Map<string, string>()

// Behind a pooler programs of two versions share sessions: one name must never stand for two texts.
function preparedName(name: string, text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const made = `${name}_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  names.set(text, made)
  return made
}
