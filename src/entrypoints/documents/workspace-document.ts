import type { WorkspaceDocument } from '#contract/api/workspaces.ts'
import type { WorkspaceView } from '#domain/workspaces/workspace.ts'
import { iso } from '#entrypoints/documents/iso.ts'

export function workspaceDocument(workspace: WorkspaceView): WorkspaceDocument {
  const { workspaceId, name, slug, archivedAt, restoreApprovalLimit } = workspace
  return { id: workspaceId, name, slug, archivedAt: iso(archivedAt), restoreApprovalLimit }
}
