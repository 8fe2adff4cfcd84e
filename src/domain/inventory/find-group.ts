import { sql, type RawBuilder } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'

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
  const candidates = await groupsCalled(db, ctx, text)
  const [only, ...others] = candidates
  if (only === undefined) {
    const hint = isUuid(text) ? '' : didYouMean(text, await groupNames(db, ctx))
    throw new Failure('not_found', `No assignment in "${ctx.tenantName}" refers to a group "${text}".${hint}`)
  }
  if (others.length === 0) return only
  const ids = candidates.map(({ groupId }) => groupId)
  throw new Failure('ambiguous', `Several groups are named "${text}"; give the id of one: ${ids.join(', ')}.`, {
    detail: { candidates: ids },
  })
}

/** The one with that id; else those with that name; else those whose name differs in case only. */
async function groupsCalled(db: Database, ctx: TenantContext, text: string): Promise<DirectoryGroup[]> {
  const groups = await groupsWhere(
    db,
    ctx,
    isUuid(text) ? sql<boolean>`group_id = ${text}::uuid` : sql<boolean>`lower(name) = lower(${text})`,
  )
  const exact = groups.filter(({ name }) => name === text)
  return exact.length > 0 ? exact : groups
}

async function groupsWhere(
  db: Database,
  ctx: TenantContext,
  condition: RawBuilder<boolean>,
): Promise<DirectoryGroup[]> {
  const rows = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('directory_groups')
      .where('workspace_id', '=', ctx.workspaceId)
      .where('tenant_id', '=', ctx.tenantId)
      .where(condition)
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

/** For suggestions. */
async function groupNames(db: Database, ctx: TenantContext): Promise<string[]> {
  const rows = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('directory_groups')
      .where('workspace_id', '=', ctx.workspaceId)
      .where('tenant_id', '=', ctx.tenantId)
      .select('name')
      .execute(),
  )
  return rows.flatMap(({ name }) => name ?? [])
}
