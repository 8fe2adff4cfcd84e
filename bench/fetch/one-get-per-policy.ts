import { groupIdsOf, readList } from './peer-session.ts'
import type { PeerSession } from './peer-session.ts'

/**
 * Lists a collection, then asks for the assignments of each policy and the name of each group, one by one: how the
 * assignment checkers and the older backup scripts do it.
 */
export async function oneGetPerPolicy(session: PeerSession, collections: readonly string[]): Promise<number> {
  const assignments: Record<string, unknown>[] = []
  for (const collection of collections) {
    for (const policy of await readList(session, collection)) {
      assignments.push(...(await readList(session, `${collection}/${String(policy['id'])}/assignments`)))
    }
  }
  for (const id of groupIdsOf(assignments)) await session.get(`/groups/${id}?$select=id,displayName`)
  return assignments.length
}
