import { endSessionsWhere, livingSessions } from '#domain/access/sessions/sessions.store.ts'
import type { SessionRow } from '#domain/access/sessions/sessions.store.ts'
import { hashOfToken } from '#domain/access/tokens.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'

/** Ends a session; the next request with its token is refused. */
export async function endSession(db: Database | Tx, sessionId: SessionId): Promise<void> {
  await endSessionsWhere(db, { sessionId })
}

/** Ends one of a person's own sessions. @throws Failure `not_found` when it has ended, or is somebody else's */
export async function endOwnSession(db: Database, userId: UserId, sessionId: SessionId): Promise<void> {
  const ended = await endSessionsWhere(db, { sessionId, userId })
  if (ended === 0) throw new Failure('not_found', 'You have no such session, or it has ended.')
}

/** Ends every session of a person but, where named, the one they ask from; answers how many. */
export async function endSessionsOf(db: Database | Tx, userId: UserId, except?: SessionId): Promise<number> {
  return endSessionsWhere(db, { userId, ...(except !== undefined && { except }) })
}

/** The living sessions of a person, newest first. */
export async function listSessions(db: Database, userId: UserId): Promise<SessionRow[]> {
  return livingSessions(db, userId)
}

/** Ends the session a token belongs to, if it still does. */
export async function endSessionOfToken(db: Database, token: string): Promise<void> {
  await endSessionsWhere(db, { tokenHash: hashOfToken(token) })
}
