import { sql } from 'kysely'
import { toldDays } from '#domain/connections/take-ending-credentials.ts'
import type { Database } from '#foundation/db/database.ts'

/** Credentials past one threshold and none nearer; 0 days: they have ended. */
export interface CredentialFigure {
  readonly withinDays: number
  readonly credentials: number
}

/** The credentials of all workspaces that end soon or have ended, in figures: one for each threshold, also where none is. */
export async function readCredentialFigures(db: Database): Promise<CredentialFigure[]> {
  const { rows } = await sql<CredentialFigure>`
    select f.within_days as "withinDays", f.credentials from credential_figures(${toldDays}) f`.execute(db)
  return rows
}
