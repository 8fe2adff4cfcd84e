import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'

/** How many worker processes hold a lease now; none means that queued runs wait for somebody to start one. */
export async function countLiveWorkers(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('workers')
    .select((q) => q.fn.countAll<number>().as('count'))
    .where('lease_until', '>', sql<Date>`clock_timestamp()`)
    .executeTakeFirstOrThrow()
  return count
}
