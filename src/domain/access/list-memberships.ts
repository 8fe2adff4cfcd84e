import { membershipsOf, type Membership } from '#domain/access/access.store.ts'
import type { Caller } from '#domain/access/caller.ts'
import type { Database } from '#foundation/db/database.ts'

export type { Membership } from '#domain/access/access.store.ts'

/** The workspaces a caller may open, by name; a key opens the one it was made in. */
export async function listMemberships(db: Database, caller: Caller): Promise<Membership[]> {
  const memberships = await membershipsOf(db, caller.userId)
  return caller.kind === 'key' ? memberships.filter((one) => one.workspaceId === caller.workspaceId) : memberships
}
