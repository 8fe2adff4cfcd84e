import type { Person } from '#domain/access/caller.ts'
import { listMemberships } from '#domain/access/list-memberships.ts'
import { createWorkspaceIn, type NewWorkspace } from '#domain/workspaces/create-workspace.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'

/**
 * Makes another workspace for somebody who owns one already; they own it.
 * @throws Failure `not_allowed` for whoever owns none, `invalid_input`, `invalid_state` when the short name is taken
 */
export async function addWorkspace(
  db: Database,
  person: Person,
  wish: Pick<NewWorkspace, 'name' | 'slug' | 'requestId'>,
): Promise<Workspace> {
  const memberships = await listMemberships(db, person)
  if (!memberships.some(({ role, archivedAt }) => role === 'owner' && archivedAt === null))
    throw new Failure('not_allowed', 'Only somebody who owns a workspace makes another one.')
  const workspaceId = newId<WorkspaceId>()
  const owner = { userId: person.userId, name: person.name }
  return inWorkspace(db, { workspaceId }, (tx) => createWorkspaceIn(tx, { ...wish, workspaceId, owner }))
}
