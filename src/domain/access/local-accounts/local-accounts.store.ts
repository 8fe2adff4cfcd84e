import { sql } from 'kysely'
import type { PasswordAccount, PasswordAccounts } from '#domain/access/local-accounts/prove-with-password.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export async function insertLocalAccount(
  tx: Tx,
  account: {
    readonly userId: UserId
    readonly loginName: string
    readonly passwordHash: string
    readonly totpSealed: string
  },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('local_accounts')
    .values({
      user_id: account.userId,
      login_name: account.loginName,
      password_hash: account.passwordHash,
      totp_sealed: account.totpSealed,
    })
    .onConflict((conflict) => conflict.column('login_name').doNothing())
    .returning('user_id')
    .executeTakeFirst()
  return inserted !== undefined
}

export async function insertRecoveryCodes(tx: Tx, userId: UserId, hashes: readonly Buffer[]): Promise<void> {
  await tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await tx
    .insertInto('recovery_codes')
    .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash })))
    .execute()
}

/** The accounts of people. */
export function localAccounts(db: Database): PasswordAccounts<UserId> {
  return {
    named: (loginName) => localAccountNamed(db, loginName),
    countFailure: async (userId, lock) => {
      const { after, minutes } = lock
      await sql`
        update local_accounts set failures = failures + 1,
          locked_until = case when failures + 1 >= ${after} then clock_timestamp() + lock_time(failures + 1, ${after}, ${minutes})
            else locked_until end
        where user_id = ${userId}`.execute(db)
    },
    clearFailures: async (userId) => {
      const cleared = { failures: 0, locked_until: null }
      await db.updateTable('local_accounts').set(cleared).where('user_id', '=', userId).execute()
    },
    takeStep: async (userId, step) => {
      const taken = await db
        .updateTable('local_accounts')
        .set({ totp_last_step: step })
        .where('user_id', '=', userId)
        .where('totp_last_step', '<', step)
        .returning('user_id')
        .executeTakeFirst()
      return taken !== undefined
    },
    takeRecoveryCode: async (userId, hash) => {
      const taken = await db
        .updateTable('recovery_codes')
        .set({ used_at: sql<Date>`clock_timestamp()` })
        .where('user_id', '=', userId)
        .where('code_hash', '=', hash)
        .where('used_at', 'is', null)
        .returning('user_id')
        .executeTakeFirst()
      return taken !== undefined
    },
  }
}

async function localAccountNamed(db: Database, loginName: string): Promise<PasswordAccount<UserId> | undefined> {
  const row = await db
    .selectFrom('local_accounts as l')
    .innerJoin('users as u', 'u.id', 'l.user_id')
    .where('l.login_name', '=', loginName.toLowerCase())
    .select([
      'u.id',
      'l.login_name',
      'l.password_hash',
      'l.totp_sealed',
      'l.totp_last_step',
      'u.disabled_at',
      sql<boolean>`coalesce(l.locked_until > clock_timestamp(), false)`.as('is_locked'),
    ])
    .executeTakeFirst()
  return (
    row && {
      id: asId(row.id),
      loginName: row.login_name,
      passwordHash: row.password_hash,
      totpSealed: row.totp_sealed,
      totpLastStep: row.totp_last_step,
      isDisabled: row.disabled_at !== null,
      isLocked: row.is_locked,
    }
  )
}

export async function setPassword(tx: Tx, userId: UserId, passwordHash: string): Promise<void> {
  await tx
    .updateTable('local_accounts')
    .set({ password_hash: passwordHash, password_changed_at: sql<Date>`clock_timestamp()` })
    .where('user_id', '=', userId)
    .execute()
}
