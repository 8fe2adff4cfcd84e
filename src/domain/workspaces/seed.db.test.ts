import { beforeEach, describe, expect, test } from 'vitest'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { seed } from '#domain/workspaces/seed.ts'
import type { SeedPlan } from '#domain/workspaces/seed.ts'

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('seed()', () => {
  const database = useTestDatabase()
  let plan: SeedPlan

  beforeEach(() => {
    const name = crypto.randomUUID()
    plan = {
      workspace: { name: `Seeded ${name}`, slug: `seeded-${name}`, ownerName: 'Administrator' },
      members: [
        { name: 'Ada Moreau', role: 'operator' },
        { name: 'Ben Ortiz', role: 'readonly' },
      ],
      tenants: [
        { name: 'Contoso', entraTenantId: crypto.randomUUID() },
        { name: 'Fabrikam', entraTenantId: crypto.randomUUID() },
      ],
    }
  })

  const rowsOf = async (workspaceId: string) => {
    const { owner: db } = database
    const members = await db
      .selectFrom('workspace_members')
      .where('workspace_id', '=', workspaceId)
      .selectAll()
      .execute()
    const tenants = await db
      .selectFrom('tenants')
      .where('workspace_id', '=', workspaceId)
      .selectAll()
      .orderBy('name')
      .execute()
    return { members, tenants }
  }

  test('makes workspace, owner, members and tenants', async () => {
    const { ctx, created } = await seed(database.db, plan)
    expect(created).toEqual({ workspaces: 1, members: 3, tenants: 2 })
    const { members, tenants } = await rowsOf(ctx.workspaceId)
    expect(members.map(({ role }) => role).toSorted()).toEqual(['operator', 'owner', 'readonly'])
    expect(tenants.map(({ name }) => name)).toEqual(['Contoso', 'Fabrikam'])
  })

  test('gives each tenant a UUID v4 of ours and its workspace, and never Microsoft’s id', async () => {
    const { ctx } = await seed(database.db, plan)
    const { tenants } = await rowsOf(ctx.workspaceId)
    for (const tenant of tenants) {
      expect(tenant.external_id).toMatch(uuidV4)
      expect(tenant.external_id).not.toBe(tenant.entra_tenant_id)
      expect(tenant.workspace_id).toBe(ctx.workspaceId)
    }
    expect(tenants.map((tenant) => tenant.entra_tenant_id)).toEqual(plan.tenants.map((tenant) => tenant.entraTenantId))
  })

  test('changes nothing when it runs again', async () => {
    const first = await seed(database.db, plan)
    const before = await rowsOf(first.ctx.workspaceId)
    const second = await seed(database.db, plan)
    expect(second.created).toEqual({ workspaces: 0, members: 0, tenants: 0 })
    expect(second.tenants).toEqual(first.tenants)
    expect(await rowsOf(first.ctx.workspaceId)).toEqual(before)
  })

  test('makes no duplicate when eight run at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => seed(database.db, plan)))
    const { members, tenants } = await rowsOf(all[0]?.ctx.workspaceId ?? '')
    expect(new Set(all.map(({ ctx }) => ctx.workspaceId)).size).toBe(1)
    expect(members).toHaveLength(3)
    expect(tenants).toHaveLength(2)
  })

  test('adds what a longer plan names beside what is there', async () => {
    const { ctx } = await seed(database.db, plan)
    const longer = { ...plan, tenants: [...plan.tenants, { name: 'Woodgrove', entraTenantId: crypto.randomUUID() }] }
    expect((await seed(database.db, longer)).created).toEqual({ workspaces: 0, members: 0, tenants: 1 })
    expect((await rowsOf(ctx.workspaceId)).tenants).toHaveLength(3)
  })

  test('lets two workspaces have the same Entra tenant, each under its own public id', async () => {
    const first = await seed(database.db, plan)
    const second = await seed(database.db, {
      ...plan,
      workspace: { ...plan.workspace, slug: `${plan.workspace.slug}-2` },
    })
    expect(second.created.tenants).toBe(2)
    expect(second.tenants.map(({ tenantRef }) => tenantRef)).not.toEqual(
      first.tenants.map(({ tenantRef }) => tenantRef),
    )
  })
})
