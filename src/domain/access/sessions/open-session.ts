import { newToken } from '#domain/access/tokens.ts'
import type { SignInMethod } from '#domain/access/caller.ts'
import { insertSession } from '#domain/access/sessions/sessions.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'

/** A session of that person, always a new one. The token is shown here and never again; only its hash is stored. */
export async function openSession(
  db: Database | Tx,
  { userId, method }: { readonly userId: UserId; readonly method: SignInMethod },
): Promise<{ readonly token: string; readonly sessionId: SessionId }> {
  const { token, hash } = newToken('tas_')
  const sessionId = newId<SessionId>()
  await insertSession(db, { id: sessionId, tokenHash: hash, userId, method })
  return { token, sessionId }
}
