import { markAuthenticated } from '#domain/access/sessions/sessions.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'

/** The person of a living session has just proved who they are once more; false when it is not theirs. */
export async function proveAgain(db: Database, sessionId: SessionId, userId: UserId): Promise<boolean> {
  return isUuid(sessionId) && markAuthenticated(db, sessionId, userId)
}
