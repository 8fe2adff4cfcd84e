import { listGuests } from '#domain/platform/break-glass.ts'
import { addWorkspace } from '#domain/workspaces/add-workspace.ts'
import {
  archiveWorkspace,
  renameWorkspace,
  showWorkspace,
  unarchiveWorkspace,
} from '#domain/workspaces/change-workspace.ts'
import { changeRestoreLimit } from '#domain/workspaces/restore-limit.ts'
import { workspaceDocument } from '#entrypoints/documents/workspace-document.ts'
import { personOf, workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { requireName } from '#entrypoints/http/api/confirm.ts'
import { requireMatch, withEtag } from '#entrypoints/http/api/etag.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const workspaces = {
  create: os.workspaces.create.handler(async ({ context, input }) => {
    const { requestId } = context
    const made = await addWorkspace(context.db, personOf(context), { ...input, requestId })
    return workspaceDocument(made)
  }),
  get: os.workspaces.get.handler(async ({ context }) => {
    const ctx = workspaceOf(context)
    const [workspace, guests] = await Promise.all([showWorkspace(context.db, ctx), listGuests(context.db, ctx)])
    return {
      ...withEtag(context, workspaceDocument(workspace)),
      guests: guests.map(({ until, ...guest }) => ({ ...guest, until: until.toISOString() })),
    }
  }),
  rename: os.workspaces.rename.handler(async ({ context, input }) => {
    const renamed = await renameWorkspace(context.db, workspaceOf(context), input.name, (current) =>
      requireMatch(context, workspaceDocument(current)),
    )
    return withEtag(context, workspaceDocument(renamed))
  }),
  limitRestores: os.workspaces.limitRestores.handler(async ({ context, input: { limit } }) => {
    const changed = await changeRestoreLimit(context.db, workspaceOf(context), limit, (current) =>
      requireMatch(context, workspaceDocument(current)),
    )
    return withEtag(context, workspaceDocument(changed))
  }),
  archive: os.workspaces.archive.handler(async ({ context, input }) => {
    const ctx = workspaceOf(context)
    requireName(input.confirm, (await showWorkspace(context.db, ctx)).name)
    await archiveWorkspace(context.db, ctx)
    return { ok: true }
  }),
  unarchive: os.workspaces.unarchive.handler(async ({ context }) => {
    await unarchiveWorkspace(context.db, workspaceOf(context))
    return { ok: true }
  }),
}
