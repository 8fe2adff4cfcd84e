import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, entraId, flag, id, inTenant, inWorkspace, list, moment, text } from '#contract/api/schemas.ts'

const tag = 'tenants'

export const tenantDocument = z.object({
  id,
  name: z.string(),
  entraTenantId: z.string(),
  cloud: z.string().nullable(),
  health: z.enum(['not_connected', 'unverified', 'healthy', 'limited', 'failing']),
  policies: z.number(),
  lastSyncAt: moment.nullable(),
  lastBackupAt: moment.nullable(),
  activeRuns: z.number(),
  createdAt: moment,
  archivedAt: moment.nullable(),
})
export type TenantDocument = z.output<typeof tenantDocument>

export const tenants = {
  list: procedure(
    { access: 'tenant.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/tenants',
      summary: 'List the tenants of a workspace',
      description: 'By name; archived ones only when asked for.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, archived: flag.optional() }))
    .output(z.object({ items: list(tenantDocument) })),
  add: procedure(
    { access: 'tenant.manage', effect: 'change', audit: 'tenant.add' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants',
      summary: 'Add a tenant to a workspace',
      tag,
      successStatus: 201,
    },
  )
    .input(z.strictObject({ ...inWorkspace, name: text(200), entraTenantId: entraId }))
    .output(z.object({ id, name: z.string() })),
  get: procedure(
    { access: 'tenant.view', effect: 'read', audit: null },
    { method: 'GET', path: '/workspaces/{workspace}/tenants/{tenant}', summary: 'Show a tenant', tag },
  )
    .input(z.strictObject(inTenant))
    .output(tenantDocument),
  rename: procedure(
    { access: 'tenant.manage', effect: 'change', audit: 'tenant.rename', ifMatch: true },
    { method: 'PATCH', path: '/workspaces/{workspace}/tenants/{tenant}', summary: 'Rename a tenant', tag },
  )
    .input(z.strictObject({ ...inTenant, name: text(200) }))
    .output(tenantDocument),
  archive: procedure(
    { access: 'tenant.manage', effect: 'change', audit: 'tenant.archive', stepUp: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/archive',
      summary: 'Archive a tenant',
      description: 'What was observed and backed up stays readable; nothing is read from or written to it any more.',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, confirm: z.string().describe('The name of the tenant, typed.') }))
    .output(done),
  unarchive: procedure(
    { access: 'workspace.manage', effect: 'change', audit: 'tenant.unarchive' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/archived-tenants/{archived}/unarchive',
      summary: 'Bring an archived tenant back',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, archived: id }))
    .output(done),
} as const
