import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'
import type { Person, SignInMethod } from '#domain/access/caller.ts'
import { sessionLife } from '#domain/access/sessions/session-life.ts'

export interface NewSession {
  readonly id: SessionId
  readonly tokenHash: Buffer
  readonly userId: UserId
  readonly method: SignInMethod
}

export async function insertSession(db: Database | Tx, session: NewSession): Promise<void> {
  await db
    .insertInto('sessions')
    .values({
      id: session.id,
      token_hash: session.tokenHash,
      user_id: session.userId,
      method: session.method,
      expires_at: sql<Date>`clock_timestamp() + make_interval(mins => ${sessionLife.absoluteMinutes})`,
    })
    .execute()
  // Those that ended a month ago go with each new one.
  await db
    .deleteFrom('sessions')
    .where('expires_at', '<', sql<Date>`clock_timestamp() - interval '30 days'`)
    .execute()
}

/** The person of a living session; looking at it keeps it from idling out. */
export async function useSession(db: Database, tokenHash: Buffer): Promise<Person | undefined> {
  const { rows } = await sql<{
    id: string
    user_id: string
    display_name: string
    method: SignInMethod
    authenticated_at: Date
    expires_at: Date
  }>`
    with living as (
      select s.id, s.user_id, s.method, s.authenticated_at, s.expires_at, s.seen_at, u.display_name
      from sessions s join users u on u.id = s.user_id and u.disabled_at is null
      where s.token_hash = ${tokenHash} and s.ended_at is null and s.expires_at > clock_timestamp()
        and s.seen_at > clock_timestamp() - make_interval(mins => ${sessionLife.idleMinutes})
    ), seen as (
      update sessions s set seen_at = clock_timestamp() from living l
      where s.id = l.id and l.seen_at < clock_timestamp() - interval '30 seconds'
    )
    select l.id, l.user_id, l.display_name, l.method, l.authenticated_at, l.expires_at from living l`.execute(db)
  const row = rows[0]
  if (row === undefined) return undefined
  return {
    kind: 'person',
    userId: asId(row.user_id),
    name: row.display_name,
    sessionId: asId(row.id),
    method: row.method,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
  }
}

/** Whether that is a living session of that person; its token is another one from now on. */
export async function renewProof(
  db: Database | Tx,
  {
    sessionId,
    userId,
    tokenHash,
  }: { readonly sessionId: SessionId; readonly userId: UserId; readonly tokenHash: Buffer },
): Promise<boolean> {
  const marked = await db
    .updateTable('sessions')
    .set({
      authenticated_at: sql<Date>`clock_timestamp()`,
      seen_at: sql<Date>`clock_timestamp()`,
      token_hash: tokenHash,
    })
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .returning('id')
    .executeTakeFirst()
  return marked !== undefined
}

/** Ends one session, of that person where one is named, or all of a person; answers how many were alive. */
export async function endSessionsWhere(
  db: Database | Tx,
  which:
    | { readonly sessionId: SessionId; readonly userId?: UserId }
    | { readonly tokenHash: Buffer }
    | { readonly userId: UserId; readonly except?: SessionId },
): Promise<number> {
  const living = db
    .updateTable('sessions')
    .set({ ended_at: sql<Date>`clock_timestamp()` })
    .where('ended_at', 'is', null)
  const { numUpdatedRows } = await (
    'sessionId' in which
      ? living
          .where('id', '=', which.sessionId)
          .$if(which.userId !== undefined, (q) => q.where('user_id', '=', which.userId ?? ''))
      : 'tokenHash' in which
        ? living.where('token_hash', '=', which.tokenHash)
        : living
            .where('user_id', '=', which.userId)
            .$if(which.except !== undefined, (q) => q.where('id', '<>', which.except ?? ''))
  ).executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

export interface SessionRow {
  readonly id: SessionId
  readonly method: SignInMethod
  readonly createdAt: Date
  readonly seenAt: Date
  readonly expiresAt: Date
}

export async function livingSessions(db: Database | Tx, userId: UserId): Promise<SessionRow[]> {
  const rows = await db
    .selectFrom('sessions')
    .select(['id', 'method', 'created_at', 'seen_at', 'expires_at'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .where('seen_at', '>', sql<Date>`clock_timestamp() - make_interval(mins => ${sessionLife.idleMinutes})`)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map((row) => ({
    id: asId(row.id),
    method: row.method as SignInMethod,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
  }))
}
