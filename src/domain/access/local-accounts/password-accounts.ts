/** What the tables of accounts with a password have in common: those of people and those of platform operators. */
import { sql } from 'kysely'
import type { PasswordAccounts } from '#domain/access/local-accounts/prove-with-password.ts'
import type { Database } from '#foundation/db/database.ts'
import { asId } from '#foundation/kernel/ids.ts'

interface Tables {
  readonly accounts: 'local_accounts' | 'platform_accounts'
  /** The key of an account. */
  readonly id: 'user_id' | 'id'
  readonly codes: 'recovery_codes' | 'platform_recovery_codes'
  /** Whose a recovery code is. */
  readonly holder: 'user_id' | 'account_id'
}

interface AccountRow {
  readonly id: string
  readonly login_name: string
  readonly password_hash: string
  readonly totp_sealed: string
  readonly totp_last_step: number
  readonly is_disabled: boolean
  readonly is_locked: boolean
}

export const isLocked = sql<boolean>`coalesce(locked_until > clock_timestamp(), false)`.as('is_locked')

/** `find` answers the account of a login name, as its table has it. */
export function passwordAccounts<Id extends ReturnType<typeof asId>>(
  db: Database,
  tables: Tables,
  find: (loginName: string) => Promise<AccountRow | undefined>,
): PasswordAccounts<Id> {
  const accounts = sql.table(tables.accounts)
  const isAccount = (id: Id) => sql`${sql.ref(tables.id)} = ${id}`
  return {
    named: async (loginName) => {
      const row = await find(loginName)
      return (
        row && {
          id: asId<Id>(row.id),
          loginName: row.login_name,
          passwordHash: row.password_hash,
          totpSealed: row.totp_sealed,
          totpLastStep: row.totp_last_step,
          isDisabled: row.is_disabled,
          isLocked: row.is_locked,
        }
      )
    },
    countFailure: async (id, { after, minutes }) => {
      await sql`
        update ${accounts} set failures = failures + 1,
          locked_until = case when failures + 1 >= ${after} then clock_timestamp() + lock_time(failures + 1, ${after}, ${minutes})
            else locked_until end
        where ${isAccount(id)}`.execute(db)
    },
    clearFailures: async (id) => {
      await sql`update ${accounts} set failures = 0, locked_until = null where ${isAccount(id)}`.execute(db)
    },
    takeStep: async (id, step) => {
      const { numAffectedRows } = await sql`
        update ${accounts} set totp_last_step = ${step} where ${isAccount(id)} and totp_last_step < ${step}`.execute(db)
      return numAffectedRows === 1n
    },
    takeRecoveryCode: async (id, hash) => {
      const { numAffectedRows } = await sql`
        update ${sql.table(tables.codes)} set used_at = clock_timestamp()
        where ${sql.ref(tables.holder)} = ${id} and code_hash = ${hash} and used_at is null`.execute(db)
      return numAffectedRows === 1n
    },
  }
}
