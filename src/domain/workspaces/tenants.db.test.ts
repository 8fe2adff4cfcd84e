import { beforeEach, describe, expect, test } from 'vitest'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { addTenant } from '#domain/workspaces/add-tenant.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'

const database = useTestDatabase()
let ctx: WorkspaceContext

beforeEach(async () => {
  ctx = await givenWorkspace(database.db)
})

const given = (name: string) => addTenant(database.db, ctx, { name, entraTenantId: crypto.randomUUID() })
const refusal = (reason: string, text: string) =>
  expect.objectContaining({ reason, message: expect.stringContaining(text) })

describe('addTenant()', () => {
  test('refuses an Entra id that is no UUID, and a name or id that is taken', async () => {
    await expect(addTenant(database.db, ctx, { name: 'Contoso', entraTenantId: 'contoso.com' })).rejects.toThrow(
      refusal('invalid_input', 'not an Entra tenant id'),
    )
    const contoso = await given('Contoso')
    await expect(given('Contoso')).rejects.toThrow(refusal('invalid_state', 'already has a tenant'))
    const { entraTenantId = '' } = (await listTenants(database.db, ctx))[0] ?? {}
    await expect(addTenant(database.db, ctx, { name: 'Again', entraTenantId })).rejects.toThrow(
      refusal('invalid_state', entraTenantId),
    )
    expect((await listTenants(database.db, ctx)).map(({ tenantRef }) => tenantRef)).toEqual([contoso.tenantRef])
  })

  test('leaves an audit entry that names the public id', async () => {
    const contoso = await given('Contoso')
    const entries = await database.owner
      .selectFrom('audit_entries')
      .where('workspace_id', '=', ctx.workspaceId)
      .select(['action', 'subject_id', 'tenant_id', 'actor_name'])
      .execute()
    expect(entries).toEqual([
      { action: 'tenant.add', subject_id: contoso.tenantRef, tenant_id: contoso.tenantId, actor_name: 'Ada Moreau' },
    ])
  })
})

describe('findTenant()', () => {
  test('finds by public id and Entra id, whatever the case', async () => {
    const contoso = await given('Contoso')
    const { entraTenantId = '' } = (await listTenants(database.db, ctx))[0] ?? {}
    for (const id of [contoso.tenantRef, entraTenantId.toUpperCase()])
      expect(await findTenant(database.db, ctx, id)).toEqual(contoso)
  })

  test('does not know a tenant of another workspace, not even by id', async () => {
    const contoso = await given('Contoso')
    const stranger = await givenWorkspace(database.db)
    await expect(findTenant(database.db, stranger, contoso.tenantRef)).rejects.toThrow(
      refusal('not_found', contoso.tenantRef),
    )
  })
})

describe('listTenants()', () => {
  test('is empty, then shows what is known of each tenant, by name', async () => {
    expect(await listTenants(database.db, ctx)).toEqual([])
    await given('Fabrikam')
    await given('Contoso')
    expect(await listTenants(database.db, ctx)).toMatchObject([
      { name: 'Contoso', health: 'not_connected', policies: 0, lastSyncAt: null, lastBackupAt: null, activeRuns: 0 },
      { name: 'Fabrikam' },
    ])
  })
})
