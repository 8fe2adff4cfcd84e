import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** A group that assignments refer to, as the directory last described it. */
export interface DirectoryGroup {
  readonly groupId: string
  /** Null when the directory did not know the group when it was first asked. */
  readonly name: string | null
  readonly kind: 'assigned' | 'dynamic' | null
  readonly membershipRule: string | null
  readonly observedAt: Date
  /** Since when the directory does not have it any more. */
  readonly missingSince: Date | null
}

/**
 * The group with that id or exact name among those that assignments of the tenant refer to.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous`: names of groups are not unique.
 */
export async function findGroup(db: Database, ctx: TenantContext, text: string): Promise<DirectoryGroup> {
  const groups = await listGroups(db, ctx)
  const id = text.toLowerCase()
  const byId = groups.filter(({ groupId }) => groupId === id)
  const exact = byId.length > 0 ? byId : groups.filter(({ name }) => name === text)
  const candidates = exact.length > 0 ? exact : groups.filter(({ name }) => name?.toLowerCase() === id)
  const [only, ...others] = candidates
  if (only === undefined) {
    const hint = didYouMean(
      text,
      groups.flatMap(({ name }) => name ?? []),
    )
    throw new Failure('not_found', `No assignment in "${ctx.tenantName}" refers to a group "${text}".${hint}`)
  }
  if (others.length === 0) return only
  const ids = candidates.map(({ groupId }) => groupId)
  throw new Failure('ambiguous', `Several groups are named "${text}"; give the id of one: ${ids.join(', ')}.`, {
    detail: { candidates: ids },
  })
}

/** All groups that assignments of the tenant refer to or referred to, by name. */
export async function listGroups(db: Database, ctx: TenantContext): Promise<DirectoryGroup[]> {
  const rows = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('directory_groups')
      .where('workspace_id', '=', ctx.workspaceId)
      .where('tenant_id', '=', ctx.tenantId)
      .selectAll()
      .orderBy('name')
      .orderBy('group_id')
      .execute(),
  )
  return rows.map((row) => ({
    groupId: row.group_id,
    name: row.name,
    kind: row.kind === 'assigned' || row.kind === 'dynamic' ? row.kind : null,
    membershipRule: row.membership_rule,
    observedAt: row.observed_at,
    missingSince: row.missing_since,
  }))
}
