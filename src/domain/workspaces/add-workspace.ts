import type { Person } from '#domain/access/caller.ts'
import { listMemberships } from '#domain/access/list-memberships.ts'
import { createWorkspaceIn, type NewWorkspace } from '#domain/workspaces/create-workspace.ts'
import type { WorkspaceView } from '#domain/workspaces/workspace.ts'
import { workspaceView } from '#domain/workspaces/workspaces.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfNewMember } from '#foundation/kernel/mint-context.ts'

/**
 * Makes another workspace for somebody who owns one already; they own it.
 * @throws Failure `not_allowed` for whoever owns none, `invalid_input`, `invalid_state` when the short name is taken
 */
export async function addWorkspace(
  db: Database,
  person: Person,
  { requestId, ...wish }: NewWorkspace & { readonly requestId: string },
): Promise<WorkspaceView> {
  const memberships = await listMemberships(db, person)
  if (!memberships.some(({ role, archivedAt }) => role === 'owner' && archivedAt === null))
    throw new Failure('not_allowed', 'Only somebody who owns a workspace makes another one.')
  const ctx = contextOfNewMember(newId<WorkspaceId>(), person).withRequestId(requestId)
  return inWorkspace(db, ctx, async (tx) => {
    await createWorkspaceIn(tx, ctx, wish)
    return workspaceView(tx, ctx)
  })
}
