import { addTenant } from '#domain/workspaces/add-tenant.ts'
import { archiveTenant, renameTenant, unarchiveTenant } from '#domain/workspaces/change-tenant.ts'
import { listTenants, showTenant } from '#domain/workspaces/list-tenants.ts'
import { tenantDocument, type TenantDocument } from '#entrypoints/documents/tenant-document.ts'
import { tenantOf, workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { requireName } from '#entrypoints/http/api/confirm.ts'
import { etagOf, requireMatch } from '#entrypoints/http/api/etag.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const tenants = {
  list: os.tenants.list.handler(async ({ context, input }) => {
    const tenants = await listTenants(context.db, workspaceOf(context), { isArchived: input.archived === true })
    return { items: tenants.map(tenantDocument) }
  }),
  add: os.tenants.add.handler(async ({ context, input }) => {
    const { tenantRef, tenantName } = await addTenant(context.db, workspaceOf(context), {
      name: input.name,
      entraTenantId: input.entraTenantId,
    })
    return { id: tenantRef, name: tenantName }
  }),
  get: os.tenants.get.handler(async ({ context }) => {
    const document = tenantDocument(await showTenant(context.db, tenantOf(context)))
    context.answer.set('ETag', tagOf(document))
    return document
  }),
  rename: os.tenants.rename.handler(async ({ context, input }) => {
    const renamed = await renameTenant(context.db, tenantOf(context), input.name, (current) =>
      requireMatch(context, changeable(tenantDocument(current))),
    )
    const document = tenantDocument(renamed)
    context.answer.set('ETag', tagOf(document))
    return document
  }),
  archive: os.tenants.archive.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    requireName(input.confirm, tenant.tenantName)
    await archiveTenant(context.db, tenant)
    return { ok: true }
  }),
  unarchive: os.tenants.unarchive.handler(async ({ context, input }) => {
    await unarchiveTenant(context.db, workspaceOf(context), input.archived)
    return { ok: true }
  }),
}

/** What a person changes of a tenant. Its runs and dates move by themselves and are no reason to refuse. */
function changeable({ id, name, archivedAt }: TenantDocument) {
  return { id, name, archivedAt }
}

function tagOf(document: TenantDocument): string {
  return etagOf(changeable(document))
}
