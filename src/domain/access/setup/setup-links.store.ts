import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'

export type SetupPurpose = 'owner' | 'operator'

export async function insertLink(
  db: Database,
  {
    tokenHash,
    minutes,
    purpose,
  }: { readonly tokenHash: Buffer; readonly minutes: number; readonly purpose: SetupPurpose },
): Promise<void> {
  // An older link, printed by an earlier start, works no more.
  await db
    .updateTable('setup_links')
    .set({ used_at: sql<Date>`clock_timestamp()` })
    .where('used_at', 'is', null)
    .where('purpose', '=', purpose)
    .execute()
  await db
    .insertInto('setup_links')
    .values({
      purpose,
      token_hash: tokenHash,
      expires_at: sql<Date>`clock_timestamp() + make_interval(mins => ${minutes})`,
    })
    .execute()
}

/** Whether it worked until now. */
export async function takeLink(tx: Tx, tokenHash: Buffer, purpose: SetupPurpose): Promise<boolean> {
  const taken = await tx
    .updateTable('setup_links')
    .set({ used_at: sql<Date>`clock_timestamp()` })
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .returning('token_hash')
    .executeTakeFirst()
  return taken !== undefined
}

/** Whether nobody can sign in yet. */
export async function hasNobody(db: Database | Tx): Promise<boolean> {
  const somebody = await db
    .selectFrom('users as u')
    .leftJoin('local_accounts as l', 'l.user_id', 'u.id')
    .where((eb) => eb.or([eb('u.issuer', 'is not', null), eb('l.user_id', 'is not', null)]))
    .select('u.id')
    .limit(1)
    .executeTakeFirst()
  return somebody === undefined
}
