import { holdAccess, membersWithRole } from '#domain/access/access.store.ts'
import type { MemberAt } from '#domain/access/access.store.ts'
import { capabilitiesOfRole } from '#domain/access/capabilities.ts'
import type { Tx } from '#foundation/db/database.ts'
import { roles, type Capability } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { TenantId, UserId } from '#foundation/kernel/ids.ts'

/** What somebody may do, and in which tenants that is asked. */
export interface Ability {
  readonly capability: Capability
  readonly tenantIds: readonly TenantId[]
}

/**
 * Who may do something in each of these tenants now: members who are narrowed to others or to a lower role left out, and
 * so are guests, who let themselves in, and whoever cannot sign in.
 */
export async function membersWhoMay(
  tx: Tx,
  ctx: WorkspaceContext,
  { capability, tenantIds }: Ability,
): Promise<readonly MemberAt[]> {
  const wanted = roles.filter((role) => capabilitiesOfRole[role].includes(capability))
  return membersWithRole(tx, ctx, { wanted, tenantIds })
}

/** The same, and what those who are `held` may do stays as it is until the transaction ends. */
export async function membersWhoMayStill(
  tx: Tx,
  ctx: WorkspaceContext,
  { held, ...ability }: Ability & { readonly held: readonly UserId[] },
): Promise<readonly MemberAt[]> {
  await holdAccess(tx, ctx, held)
  return membersWhoMay(tx, ctx, ability)
}
