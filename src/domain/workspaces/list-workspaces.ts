import type { Database } from '#foundation/db/database.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { allWorkspaces } from '#domain/workspaces/workspaces.store.ts'

/** All workspaces of this installation, by name. */
export async function listWorkspaces(db: Database): Promise<Workspace[]> {
  return allWorkspaces(db)
}
