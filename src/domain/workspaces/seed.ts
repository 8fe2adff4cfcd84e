/**
 * Fills an installation with a workspace, its members and its tenants. Running it again changes nothing that is there
 * and makes no duplicate; running it twice at once neither, because it works under the lock of the workspace's row.
 * Policies are not invented here: they are what the first inventory sync of the seeded tenants observes.
 */
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import { addTenantIn } from '#domain/workspaces/add-tenant.ts'
import type { NewTenant } from '#domain/workspaces/add-tenant.ts'
import { createWorkspace } from '#domain/workspaces/create-workspace.ts'
import { actAsOwner } from '#domain/workspaces/act-as-owner.ts'
import { listWorkspaces } from '#domain/workspaces/list-workspaces.ts'
import { allTenants } from '#domain/workspaces/tenants.store.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import {
  insertMember,
  insertPerson,
  lockWorkspace,
  membersOf,
  setIdentity,
} from '#domain/workspaces/workspaces.store.ts'

/** `identity`: as whom they sign in at Entra; one that changed is changed. */
export interface SeedMember {
  readonly name: string
  readonly role: Role
  readonly identity?: { readonly issuer: string; readonly tenantId: string; readonly objectId: string }
}

export interface SeedPlan {
  readonly workspace: { readonly name: string; readonly slug: string; readonly ownerName: string }
  /** Beside the owner. */
  readonly members: readonly SeedMember[]
  readonly tenants: readonly NewTenant[]
}

export interface Seeded {
  readonly workspace: Workspace
  readonly ctx: WorkspaceContext
  /** In the order of the plan. */
  readonly tenants: readonly TenantContext[]
  /** How many of each were made now; all 0 when everything was there. */
  readonly created: { readonly workspaces: number; readonly members: number; readonly tenants: number }
}

/** Makes what the plan names and is not there yet. */
export async function seed(db: Database, plan: SeedPlan): Promise<Seeded> {
  const { workspace, isNew } = await ensureWorkspace(db, plan.workspace)
  const ctx = await actAsOwner(db, workspace)
  return inWorkspace(db, ctx, async (tx) => {
    await lockWorkspace(tx, ctx)
    const members = await seedMembers(tx, ctx, plan.members)
    const tenants = await seedTenants(tx, ctx, plan.tenants)
    return {
      workspace,
      ctx,
      tenants: tenants.map(({ tenant }) => tenant),
      created: {
        workspaces: isNew ? 1 : 0,
        members: isNew ? members + 1 : members,
        tenants: tenants.filter(({ isNew }) => isNew).length,
      },
    }
  })
}

async function ensureWorkspace(
  db: Database,
  wanted: SeedPlan['workspace'],
): Promise<{ workspace: Workspace; isNew: boolean }> {
  const found = await workspaceWithSlug(db, wanted.slug)
  if (found !== undefined) return { workspace: found, isNew: false }
  try {
    return { workspace: await createWorkspace(db, wanted), isNew: true }
  } catch (error) {
    // Another seed made it between the look and the insert.
    const made = error instanceof Failure ? await workspaceWithSlug(db, wanted.slug) : undefined
    if (made === undefined) throw error
    return { workspace: made, isNew: false }
  }
}

async function workspaceWithSlug(db: Database, slug: string): Promise<Workspace | undefined> {
  const workspaces = await listWorkspaces(db)
  return workspaces.find((workspace) => workspace.slug === slug)
}

async function seedMembers(tx: Tx, ctx: WorkspaceContext, wanted: SeedPlan['members']): Promise<number> {
  const present = new Map((await membersOf(tx, ctx)).map(({ name, userId }) => [name, userId]))
  for (const { name, role, identity } of wanted) {
    const userId = present.get(name) ?? newId<UserId>()
    if (!present.has(name)) {
      await insertPerson(tx, { userId, name })
      await insertMember(tx, ctx, { userId, role })
    }
    if (identity !== undefined) await setIdentity(tx, userId, identity)
  }
  return wanted.filter(({ name }) => !present.has(name)).length
}

async function seedTenants(
  tx: Tx,
  ctx: WorkspaceContext,
  wanted: SeedPlan['tenants'],
): Promise<{ tenant: TenantContext; isNew: boolean }[]> {
  const present = await allTenants(tx, ctx)
  const seeded: { tenant: TenantContext; isNew: boolean }[] = []
  for (const plan of wanted) {
    const there = present.find(({ entraTenantId }) => entraTenantId === plan.entraTenantId.toLowerCase())
    if (there !== undefined) {
      seeded.push({ tenant: ctx.inTenant(there), isNew: false })
      continue
    }
    const tenant = await addTenantIn(tx, ctx, plan)
    if (tenant === undefined) {
      throw new Failure('invalid_state', `The name "${plan.name}" belongs to another tenant of this workspace already.`)
    }
    seeded.push({ tenant, isNew: true })
  }
  return seeded
}
