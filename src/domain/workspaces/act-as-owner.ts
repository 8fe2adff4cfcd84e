import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { contextOfConsole, contextOfProduct } from '#foundation/kernel/mint-context.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { membersOf } from '#domain/workspaces/workspaces.store.ts'

/** Acts as the workspace's first owner: whoever may run commands beside the database administers it. */
export async function actAsOwner(db: Database, workspace: Workspace): Promise<WorkspaceContext> {
  const looking = contextOfProduct(workspace.workspaceId, 'Command line')
  const members = await inWorkspace(db, looking, (tx) => membersOf(tx, looking))
  const owner = members.find((member) => member.role === 'owner')
  if (owner === undefined) throw new Failure('invalid_state', `The workspace "${workspace.name}" has no owner.`)
  return contextOfConsole(workspace.workspaceId, owner)
}
