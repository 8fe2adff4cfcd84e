import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import { programVersion } from '#foundation/db/schema-version.ts'

/** Whether work can be given to this process, and if not, why. */
export type Readiness = { readonly isReady: true } | { readonly isReady: false; readonly why: string }

const patienceMs = 3_000
const keptMs = 1_000

/**
 * Answers whether the database can be reached and has the schema of this program. Never older than a second, and there
 * after three at the latest; many who ask at once cost one question.
 */
export function createReadiness(db: Database, stopping: AbortSignal): () => Promise<Readiness> {
  let asked: { readonly at: number; readonly answer: Promise<Readiness> } | undefined
  return async () => {
    if (stopping.aborted) return { isReady: false, why: 'This process is stopping.' }
    const now = performance.now()
    if (asked === undefined || now - asked.at > keptMs) asked = { at: now, answer: inTime(askDatabase(db)) }
    return asked.answer
  }
}

async function askDatabase(db: Database): Promise<Readiness> {
  try {
    const { rows } = await sql<{ version: number | null }>`
      select max(version) as version from schema_migrations`.execute(db)
    const [database, program] = [rows[0]?.version ?? 0, await programVersion()]
    if (database === program) return { isReady: true }
    return { isReady: false, why: `The database has schema version ${database}, this program needs ${program}.` }
  } catch {
    return { isReady: false, why: 'The database does not answer.' }
  }
}

async function inTime(answer: Promise<Readiness>): Promise<Readiness> {
  const timer = new AbortController()
  const late = pause(patienceMs, undefined, { signal: timer.signal, ref: false }).then(
    () => ({ isReady: false, why: `The database does not answer within ${patienceMs / 1000} s.` }) as const,
  )
  try {
    return await Promise.race([answer, late])
  } finally {
    timer.abort()
    late.catch(() => undefined)
  }
}
