import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'

export interface ScheduleFigures {
  /** Of those people made. */
  readonly schedules: { readonly enabled: number; readonly paused: number }
  /** How long the longest overdue one, the product's own included, has been due; 0 when none is. */
  readonly lagSeconds: number
}

/** The schedules of all workspaces in figures: never over the slots that were. */
export async function readScheduleFigures(db: Database): Promise<ScheduleFigures> {
  const { rows } = await sql<{ enabled: number; paused: number; lag: number }>`
    select f.enabled, f.paused, f.lag from schedule_figures() f`.execute(db)
  const [row] = rows
  if (row === undefined) throw new TypeError('no figures of schedules')
  return { schedules: { enabled: row.enabled, paused: row.paused }, lagSeconds: row.lag }
}
