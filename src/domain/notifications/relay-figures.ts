import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'

export interface RelayFigures {
  /** Ends of runs that nobody was told of yet, and how long the oldest has been waiting. */
  readonly outbox: { readonly events: number; readonly oldestSeconds: number }
  /** To receivers outside, by what they wait for; ended ones are not counted. */
  readonly deliveries: { readonly waiting: number; readonly sending: number; readonly failed: number }
}

interface FiguresRow {
  readonly events: number
  readonly oldest: number
  readonly waiting: number
  readonly sending: number
  readonly failed: number
}

/** What is still to be told, of all workspaces, in one statement over what is open. */
export async function readRelayFigures(db: Database): Promise<RelayFigures> {
  const { rows } = await sql<FiguresRow>`
    select f.events, f.oldest, f.waiting, f.sending, f.failed from relay_figures() f`.execute(db)
  const [row] = rows
  if (row === undefined) throw new TypeError('no figures of what is to be told')
  const { events, oldest, ...deliveries } = row
  return { outbox: { events, oldestSeconds: oldest }, deliveries }
}
