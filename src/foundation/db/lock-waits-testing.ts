import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'

/** Test only: resolves as soon as a session of this database waits for a lock that another one holds. */
export async function untilOneWaits(pool: pg.Pool): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await delay(5)) {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rowCount !== 0) return
  }
  throw new Error('no session waits for a lock')
}
