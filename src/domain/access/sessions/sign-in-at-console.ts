/**
 * Whoever runs `up` holds the data directory and the database in it. So that their commands go the way of everybody's, they
 * get a session of the first owner: whom the setup link, printed on the same console, has made.
 */
import { firstOwnerOf } from '#domain/access/access.store.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { proveAgain } from '#domain/access/sessions/prove-again.ts'
import { listWorkspaces } from '#domain/workspaces/list-workspaces.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { SessionId, UserId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

export interface ConsoleSession {
  readonly token: string
  readonly sessionId: SessionId
  readonly userId: UserId
}

/** A session of the owner who came first; undefined while there is none. */
export async function signInAtConsole(db: Database): Promise<ConsoleSession | undefined> {
  const userId = await firstOwner(db)
  return userId === undefined ? undefined : { ...(await openSession(db, { userId, method: 'console' })), userId }
}

/** The same session under a new token, with a new proof; another one when it has ended. */
export async function renewAtConsole(db: Database, session: ConsoleSession): Promise<ConsoleSession | undefined> {
  const token = await proveAgain(db, session.sessionId, session.userId)
  return token === undefined ? signInAtConsole(db) : { ...session, token }
}

async function firstOwner(db: Database): Promise<UserId | undefined> {
  const workspaces = await listWorkspaces(db)
  const owners = await Promise.all(
    workspaces.map(async ({ workspaceId }) => {
      const ctx = contextOfProduct(workspaceId, 'Console')
      return inWorkspace(db, ctx, (tx) => firstOwnerOf(tx, ctx))
    }),
  )
  const [first] = owners
    .filter((owner) => owner !== undefined)
    .toSorted((a, b) => a.since.getTime() - b.since.getTime())
  return first?.userId
}
