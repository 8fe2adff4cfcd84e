import { readReferences, viewAssignment } from '#domain/assignments/assignment-view.ts'
import type { AssignmentView } from '#domain/assignments/assignment-view.ts'
import { getObserved } from '#domain/assignments/observed-assignments.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'

export interface ScopeTagView {
  readonly id: string
  /** Null when the tag was not read yet. */
  readonly name: string | null
}

export interface AssignmentsView {
  readonly policy: PolicyRef
  readonly freshness: AssignmentsFreshness
  readonly scopeTags: readonly ScopeTagView[]
  /** Null: never read. */
  readonly assignments: readonly AssignmentView[] | null
  readonly hash: string | null
}

/** The assignments of one policy as last observed, with names and how fresh they are. @throws Failure `not_found` */
export async function showAssignments(
  db: Database,
  ctx: TenantContext,
  { policyId }: { readonly policyId: PolicyId },
): Promise<AssignmentsView> {
  return inWorkspace(db, ctx, async (tx) => {
    const { policy, freshness, assignments, hash, scopeTagIds } = await getObserved(tx, ctx, policyId)
    const references = await readReferences(tx, ctx, assignments ?? [])
    return {
      policy,
      freshness,
      scopeTags: await readScopeTags(tx, ctx, scopeTagIds),
      assignments: assignments?.map((assignment) => viewAssignment(assignment, references)) ?? null,
      hash,
    }
  })
}

async function readScopeTags(tx: Tx, ctx: TenantContext, ids: readonly string[]): Promise<ScopeTagView[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .selectFrom('scope_tags')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('scope_tag_id', 'in', ids)
    .select(['scope_tag_id', 'name'])
    .execute()
  const names = new Map(rows.map((row) => [row.scope_tag_id, row.name]))
  return ids.map((id) => ({ id, name: names.get(id) ?? null }))
}
