import { sql } from 'kysely'
import { isLocked, passwordAccounts } from '#domain/access/local-accounts/password-accounts.ts'
import type { PasswordAccounts } from '#domain/access/local-accounts/prove-with-password.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export async function insertLocalAccount(
  tx: Tx,
  account: {
    readonly userId: UserId
    readonly loginName: string
    readonly passwordHash: string
    readonly totpSealed: string
    readonly totpStep: number
  },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('local_accounts')
    .values({
      user_id: account.userId,
      login_name: account.loginName,
      password_hash: account.passwordHash,
      totp_sealed: account.totpSealed,
      totp_last_step: account.totpStep,
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
  const tables = { accounts: 'local_accounts', id: 'user_id', codes: 'recovery_codes', holder: 'user_id' } as const
  return passwordAccounts(db, tables, async (loginName) => {
    const row = await db
      .selectFrom('local_accounts')
      .innerJoin('users', 'users.id', 'local_accounts.user_id')
      .select([
        'users.id',
        'login_name',
        'password_hash',
        'totp_sealed',
        'totp_last_step',
        'users.disabled_at',
        isLocked,
      ])
      .where('login_name', '=', loginName.toLowerCase())
      .executeTakeFirst()
    return row && { ...row, is_disabled: row.disabled_at !== null }
  })
}

export async function setPassword(tx: Tx, userId: UserId, passwordHash: string): Promise<void> {
  await tx
    .updateTable('local_accounts')
    .set({ password_hash: passwordHash, password_changed_at: sql<Date>`clock_timestamp()` })
    .where('user_id', '=', userId)
    .execute()
}
