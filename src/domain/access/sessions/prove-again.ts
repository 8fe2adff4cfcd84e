import { renewProof } from '#domain/access/sessions/sessions.store.ts'
import { newToken } from '#domain/access/tokens.ts'
import type { Database } from '#foundation/db/database.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'

/**
 * The person of a living session has just proved who they are once more: the session goes on under a new token, the old
 * one opens nothing any more. Undefined when it is not theirs.
 */
export async function proveAgain(db: Database, sessionId: SessionId, userId: UserId): Promise<string | undefined> {
  if (!isUuid(sessionId)) return undefined
  const { token, hash } = newToken('tas_')
  return (await renewProof(db, { sessionId, userId, tokenHash: hash })) ? token : undefined
}
