import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, id, inWorkspace, list, moment, role, text, workspaceSlug } from '#contract/api/schemas.ts'

const tag = 'workspaces'

export const workspaceDocument = z.object({
  id,
  name: z.string(),
  slug: workspaceSlug,
  archivedAt: moment.nullable(),
  /** Restores that write more policies than this need a second person; null: none does. */
  restoreApprovalLimit: z.number().nullable(),
})
export type WorkspaceDocument = z.output<typeof workspaceDocument>

export const workspaces = {
  create: procedure(
    { access: 'signed_in', effect: 'change', audit: 'workspace.create' },
    {
      method: 'POST',
      path: '/workspaces',
      summary: 'Make another workspace, which you own',
      description: 'For people who own a workspace that is not archived; not for API keys.',
      tag,
      successStatus: 201,
    },
  )
    .input(z.strictObject({ name: text(100), slug: workspaceSlug.optional().describe('Left out: made of the name.') }))
    .output(workspaceDocument),
  get: procedure(
    { access: 'tenant.view', effect: 'read', audit: null },
    { method: 'GET', path: '/workspaces/{workspace}', summary: 'Show a workspace', tag },
  )
    .input(z.strictObject(inWorkspace))
    .output(
      workspaceDocument.extend({
        /** Platform operators who are in it now, after breaking the glass. */
        guests: list(z.object({ name: z.string(), role, until: moment, reason: z.string().nullable() })),
      }),
    ),
  rename: procedure(
    { access: 'workspace.manage', effect: 'change', audit: 'workspace.rename', ifMatch: true },
    {
      method: 'PATCH',
      path: '/workspaces/{workspace}',
      summary: 'Rename a workspace',
      description: 'The short name in addresses stays.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, name: text(100) }))
    .output(workspaceDocument),
  limitRestores: procedure(
    { access: 'workspace.manage', effect: 'change', audit: 'workspace.restore_limit', ifMatch: true, stepUp: true },
    {
      method: 'PUT',
      path: '/workspaces/{workspace}/restore-limit',
      summary: 'Set how many policies one person may restore without a second one',
      description:
        'For every plan that is not being applied yet. 0: every restore needs a second person; null: none does.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, limit: z.number().int().min(0).max(100_000).nullable() }))
    .output(workspaceDocument),
  archive: procedure(
    { access: 'workspace.manage', effect: 'change', audit: 'workspace.archive', stepUp: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/archive',
      summary: 'Archive a workspace',
      description: 'Its members can read it, nobody can change it, and the schedules they made are paused.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, confirm: z.string().describe('The name of the workspace, typed.') }))
    .output(done),
  unarchive: procedure(
    {
      access: 'workspace.manage',
      effect: 'change',
      audit: 'workspace.unarchive',
      stepUp: true,
      changesArchived: true,
    },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/unarchive',
      summary: 'Bring an archived workspace back',
      description: 'Its schedules stay paused until somebody resumes them.',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(done),
} as const
