import { sql } from 'kysely'
import type { NewLocalAccount } from '#domain/access/local-accounts/create-local-account.ts'
import { isLocked, passwordAccounts } from '#domain/access/local-accounts/password-accounts.ts'
import type { PasswordAccounts } from '#domain/access/local-accounts/prove-with-password.ts'
import { sessionLife } from '#domain/access/sessions/session-life.ts'
import type { Operator, PlatformActor } from '#domain/platform/operator.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { OperatorId } from '#foundation/kernel/ids.ts'

/** Whether the login name was free. */
export async function insertOperator(
  tx: Tx,
  operator: { readonly id: OperatorId; readonly name: string; readonly account: NewLocalAccount },
): Promise<boolean> {
  const { id, name, account } = operator
  const inserted = await tx
    .insertInto('platform_accounts')
    .values({
      id,
      login_name: account.loginName,
      display_name: name,
      password_hash: account.passwordHash,
      totp_sealed: account.totpSealed,
      totp_last_step: account.totpStep,
    })
    .onConflict((conflict) => conflict.column('login_name').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) return false
  const codes = account.recoveryHashes.map((hash) => ({ account_id: id, code_hash: hash }))
  await tx.insertInto('platform_recovery_codes').values(codes).execute()
  return true
}

/** The accounts of operators. */
export function operatorAccounts(db: Database): PasswordAccounts<OperatorId> {
  const tables = {
    accounts: 'platform_accounts',
    id: 'id',
    codes: 'platform_recovery_codes',
    holder: 'account_id',
  } as const
  return passwordAccounts(db, tables, async (loginName) => {
    const row = await db
      .selectFrom('platform_accounts')
      .selectAll()
      .select(isLocked)
      .where('login_name', '=', loginName.toLowerCase())
      .executeTakeFirst()
    return row && { ...row, is_disabled: row.disabled_at !== null }
  })
}

export async function insertPlatformSession(
  db: Database | Tx,
  accountId: OperatorId,
  tokenHash: Buffer,
): Promise<void> {
  await db
    .insertInto('platform_sessions')
    .values({
      id: newId(),
      token_hash: tokenHash,
      account_id: accountId,
      expires_at: sql<Date>`clock_timestamp() + make_interval(mins => ${sessionLife.absoluteMinutes})`,
    })
    .execute()
  await db
    .deleteFrom('platform_sessions')
    .where('expires_at', '<', sql<Date>`clock_timestamp() - interval '30 days'`)
    .execute()
}

/** The operator of a living session; looking at it keeps it from idling out. */
export async function usePlatformSession(db: Database, tokenHash: Buffer): Promise<Operator | undefined> {
  const { rows } = await sql<{ id: string; account_id: string; display_name: string; authenticated_at: Date }>`
    update platform_sessions s set seen_at = clock_timestamp() from platform_accounts a
    where s.token_hash = ${tokenHash} and a.id = s.account_id and a.disabled_at is null and s.ended_at is null
      and s.expires_at > clock_timestamp()
      and s.seen_at > clock_timestamp() - make_interval(mins => ${sessionLife.idleMinutes})
    returning s.id, s.account_id, a.display_name, s.authenticated_at`.execute(db)
  const [row] = rows
  return (
    row && {
      accountId: asId<OperatorId>(row.account_id),
      name: row.display_name,
      sessionId: row.id,
      authenticatedAt: row.authenticated_at,
    }
  )
}

export async function endPlatformSession(db: Database, sessionId: string): Promise<void> {
  await db
    .updateTable('platform_sessions')
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute()
}

export interface PlatformEvent {
  readonly at: Date
  readonly by: string
  readonly action: string
  readonly subject: string
  readonly detail: unknown
}

export async function insertPlatformEvent(
  db: Database | Tx,
  by: PlatformActor,
  event: { readonly action: string; readonly subject: string; readonly detail?: object },
): Promise<void> {
  await db
    .insertInto('platform_events')
    .values({
      id: newId(),
      account_id: by.accountId,
      account_name: by.name,
      action: event.action,
      subject: event.subject,
      detail: JSON.stringify(event.detail ?? {}),
    })
    .execute()
}

export async function newestPlatformEvents(db: Database, limit: number): Promise<PlatformEvent[]> {
  const rows = await db
    .selectFrom('platform_events')
    .select(['at', 'account_name', 'action', 'subject', 'detail'])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ at, account_name, action, subject, detail }) => ({
    at,
    by: account_name,
    action,
    subject,
    detail,
  }))
}
