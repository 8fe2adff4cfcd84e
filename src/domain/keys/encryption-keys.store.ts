import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { EncryptionKey } from '#domain/keys/encryption-key.ts'

/** All key pairs of the installation, the oldest first. */
export async function allKeys(db: Database | Tx): Promise<EncryptionKey[]> {
  const rows = await db.selectFrom('encryption_keys').selectAll().orderBy('version').execute()
  return rows.map((row) => ({
    version: row.version,
    publicText: row.public_key,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    retiredAt: row.retired_at,
  }))
}

/** False: somebody else has taken the version meanwhile. */
export async function insertKey(
  db: Database,
  { version, publicText }: Pick<EncryptionKey, 'version' | 'publicText'>,
): Promise<boolean> {
  const row = await db
    .insertInto('encryption_keys')
    .values({ version, public_key: publicText })
    .onConflict((conflict) => conflict.column('version').doNothing())
    .returning('version')
    .executeTakeFirst()
  return row !== undefined
}

// 'ta_k' in ASCII; any constant will do as long as it never changes.
const sealingLock = 0x74615f6b

/**
 * The key that seals. Until the transaction ends no other one becomes active: once a rotation is through, nothing that
 * was sealed with the key before it is still to be written.
 */
export async function activeKeyForSealing(tx: Tx): Promise<EncryptionKey | undefined> {
  await sql`select pg_advisory_xact_lock_shared(${sealingLock}::integer)`.execute(tx)
  // A statement of its own, so that it sees what was committed while the lock was waited for.
  return (await allKeys(tx)).findLast(({ activatedAt, retiredAt }) => activatedAt !== null && retiredAt === null)
}

/** From now on this one seals. Waits for every transaction that seals with the one before. */
export async function activateKey(db: Database, version: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sealingLock}::integer)`.execute(tx)
    await tx
      .updateTable('encryption_keys')
      .set({ activated_at: sql<Date>`clock_timestamp()` })
      .where('version', '=', version)
      .where('activated_at', 'is', null)
      .execute()
  })
}

export async function markRetired(db: Database, version: number): Promise<void> {
  await db
    .updateTable('encryption_keys')
    .set({ retired_at: sql<Date>`clock_timestamp()` })
    .where('version', '=', version)
    .where('retired_at', 'is', null)
    .execute()
}
