import { listWorkspaces } from '#domain/workspaces/list-workspaces.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

/** Every workspace in turn: keys are the installation's, secrets are the workspaces'. */
export async function* eachWorkspace(db: Database): AsyncGenerator<WorkspaceContext> {
  for (const { workspaceId } of await listWorkspaces(db)) yield contextOfProduct(workspaceId, 'TenantAtlas')
}
