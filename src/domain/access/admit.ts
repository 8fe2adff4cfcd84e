/**
 * Who may come in, decided in one place for every procedure: signed out 401, what is foreign or does not exist 404, what
 * the member may not do 403.
 */
import { membershipsOf, narrowingOf, tenantByRef, tenantOfSubject } from '#domain/access/access.store.ts'
import type { Membership, SubjectKind, TenantFound } from '#domain/access/access.store.ts'
import type { Caller } from '#domain/access/caller.ts'
import { capabilitiesOfRole, narrower } from '#domain/access/capabilities.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Capability, Role } from '#foundation/kernel/capability.ts'
import type { Admission, TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { TenantId } from '#foundation/kernel/ids.ts'
import { contextOfCaller } from '#foundation/kernel/mint-context.ts'

/** What somebody wants to open. */
export interface Door {
  /** The short name. */
  readonly workspace: string
  /** The public id of a tenant. */
  readonly tenant?: string
  /** A record whose tenant decides instead. */
  readonly subject?: { readonly kind: SubjectKind; readonly id: string }
  readonly capability: Capability
  /** Whether it changes what must not be archived. */
  readonly changes: boolean
}

export interface Admitted {
  readonly workspace: Pick<Membership, 'workspaceId' | 'name' | 'slug' | 'archivedAt'>
  readonly ctx: WorkspaceContext
  /** Where the door named a tenant, or a record of one. */
  readonly tenant: TenantContext | undefined
  /** All the caller may do there. */
  readonly capabilities: readonly Capability[]
  readonly role: Role
}

/**
 * Lets a caller in.
 * @throws Failure `not_found` for what is foreign, `not_allowed` for a missing capability, `invalid_state` for a change
 * of what is archived
 */
export async function admit(db: Database, caller: Caller, door: Door): Promise<Admitted> {
  const membership = await membershipAt(db, caller, door.workspace)
  const { userId, name } = caller
  const asking = contextOfCaller(membership.workspaceId, { kind: 'user', userId, name })
  return inWorkspace(db, asking, async (tx) => {
    const narrowing = await narrowingOf(tx, asking, userId)
    const named = door.tenant === undefined ? undefined : await openTenant(tx, asking, door.tenant)
    const open = tenantsOpen(caller, membership, narrowing)
    const ofSubject = await tenantOf(tx, asking, door)
    const tenant = named ?? ofSubject
    if (tenant !== null && open !== null && !open.includes(tenant.id)) throw nothingThere(door.subject)
    const role =
      tenant === null ? roleEverywhere(caller, membership, narrowing) : roleAt(tenant.id, membership, narrowing)
    const capabilities = capabilitiesOf(caller, role)
    if (!capabilities.includes(door.capability)) throw notAllowed(door.capability, caller, role)
    if (door.changes) refuseArchived(membership, tenant)
    const ctx = asking.under(admissionOf(caller, membership, open))
    return {
      workspace: membership,
      ctx,
      tenant: tenant === null ? undefined : ctx.inTenant(tenant),
      capabilities,
      role,
    }
  })
}

async function membershipAt(db: Database, caller: Caller, slug: string): Promise<Membership> {
  const memberships = await membershipsOf(db, caller.userId)
  const membership = memberships.find((one) => one.slug === slug)
  const isForeign = caller.kind === 'key' && membership?.workspaceId !== caller.workspaceId
  if (membership === undefined || isForeign) throw nothingThere()
  return membership
}

async function openTenant(tx: Tx, ctx: WorkspaceContext, ref: string): Promise<TenantFound> {
  const tenant = await tenantByRef(tx, ctx, ref)
  if (tenant === undefined) throw nothingThere()
  return tenant
}

/** Null: nothing that a tenant decides about. */
async function tenantOf(tx: Tx, ctx: WorkspaceContext, { subject }: Door): Promise<TenantFound | null> {
  if (subject === undefined) return null
  const tenant = await tenantOfSubject(tx, ctx, subject)
  if (tenant === undefined) throw nothingThere(subject)
  return tenant
}

/** Null: all of the workspace. */
function tenantsOpen(
  caller: Caller,
  { allTenants }: Membership,
  narrowing: ReadonlyMap<TenantId, Role>,
): readonly TenantId[] | null {
  const ofKey = caller.kind === 'key' ? caller.tenantIds : null
  if (allTenants) return ofKey
  const ofMember = [...narrowing.keys()]
  return ofKey === null ? ofMember : ofMember.filter((tenantId) => ofKey.includes(tenantId))
}

function roleAt(tenantId: TenantId, { role }: Membership, narrowing: ReadonlyMap<TenantId, Role>): Role {
  return narrower(role, narrowing.get(tenantId) ?? role)
}

/** What acts on the whole workspace acts on every tenant of it, so it needs the role in each. */
function roleEverywhere(
  caller: Caller,
  { role, allTenants }: Membership,
  narrowing: ReadonlyMap<TenantId, Role>,
): Role {
  if (!allTenants || (caller.kind === 'key' && caller.tenantIds !== null)) return 'readonly'
  return [...narrowing.values()].reduce(narrower, role)
}

function capabilitiesOf(caller: Caller, role: Role): readonly Capability[] {
  const ofRole = capabilitiesOfRole[role]
  return caller.kind === 'key' ? ofRole.filter((capability) => caller.capabilities.includes(capability)) : ofRole
}

function refuseArchived(workspace: Membership, tenant: TenantFound | null): void {
  if (workspace.archivedAt !== null)
    throw new Failure('invalid_state', `The workspace "${workspace.name}" is archived: it can be read, not changed.`)
  if (tenant?.isArchived === true)
    throw new Failure('invalid_state', `The tenant "${tenant.name}" is archived: it can be read, not changed.`)
}

function admissionOf(caller: Caller, { version }: Membership, tenantIds: readonly TenantId[] | null): Admission {
  return {
    userId: caller.userId,
    memberVersion: version,
    sessionId: caller.kind === 'person' ? caller.sessionId : null,
    apiKeyId: caller.kind === 'key' ? caller.keyId : null,
    tenantIds,
  }
}

const subjectWords: Readonly<Record<SubjectKind, string>> = {
  run: 'run',
  backup: 'backup set',
  restore: 'restore run',
  schedule: 'schedule',
  onboarding: 'onboarding',
}

/** One sentence for what does not exist and what is somebody else's: it tells nothing about either. */
function nothingThere(subject?: Door['subject']): Failure {
  const what = subject === undefined ? 'nothing here' : `no ${subjectWords[subject.kind]} with that id`
  return new Failure('not_found', `There is ${what} that you may open.`)
}

function notAllowed(capability: Capability, caller: Caller, role: Role): Failure {
  const lacks =
    caller.kind === 'key' && capabilitiesOfRole[role].includes(capability) ? 'This API key' : `Your role here (${role})`
  return new Failure('not_allowed', `${lacks} does not include ${capability}.`, { detail: { capability } })
}
