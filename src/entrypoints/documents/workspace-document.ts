import type { Workspace } from '#domain/workspaces/workspace.ts'

export interface WorkspaceDocument {
  readonly id: string
  readonly name: string
  readonly slug: string
}

export function workspaceDocument({ workspaceId, name, slug }: Workspace): WorkspaceDocument {
  return { id: workspaceId, name, slug }
}
