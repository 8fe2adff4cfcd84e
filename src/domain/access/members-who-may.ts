import { holdAccess, membersWithRoleAt } from '#domain/access/access.store.ts'
import type { MemberSince } from '#domain/access/access.store.ts'
import { capabilitiesOfRole } from '#domain/access/capabilities.ts'
import type { Tx } from '#foundation/db/database.ts'
import { roles } from '#foundation/kernel/capability.ts'
import type { Capability } from '#foundation/kernel/capability.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

/**
 * Members who have the capability in the tenant now, and since when they are members. Guests, who let themselves in, are
 * not among them.
 */
export async function membersWhoMay(
  tx: Tx,
  ctx: TenantContext,
  capability: Capability,
): Promise<readonly MemberSince[]> {
  const wanted = roles.filter((role) => capabilitiesOfRole[role].includes(capability))
  return membersWithRoleAt(tx, ctx, wanted)
}

/** The same, and what those who are named may do stays as it is until the transaction ends. */
export async function membersWhoMayStill(
  tx: Tx,
  ctx: TenantContext,
  { capability, held }: { readonly capability: Capability; readonly held: readonly UserId[] },
): Promise<readonly MemberSince[]> {
  await holdAccess(tx, ctx, held)
  return membersWhoMay(tx, ctx, capability)
}
