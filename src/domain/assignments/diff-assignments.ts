/** How the assignments of a policy as last observed differ from a backup, or from those of another policy. */
import type { Assignment } from '#domain/assignments/assignment.ts'
import { namesFrom, readReferences } from '#domain/assignments/assignment-view.ts'
import { compareAssignments } from '#domain/assignments/compare-assignments.ts'
import type { AssignmentDiff } from '#domain/assignments/compare-assignments.ts'
import { describeDiff } from '#domain/assignments/describe-assignment.ts'
import type { DiffLine } from '#domain/assignments/describe-assignment.ts'
import { getObserved, requireRead } from '#domain/assignments/observed-assignments.ts'
import type { ObservedSet } from '#domain/assignments/observed-assignments.ts'
import { readSnapshot } from '#domain/backups/read-snapshot.ts'
import type { AssignmentsFreshness, PolicyRef } from '#domain/inventory/policy.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId, PolicyId } from '#foundation/kernel/ids.ts'

export interface PolicyDiff {
  readonly policy: PolicyRef
  /** Of the observed side; `stale` says that live may differ by now. */
  readonly freshness: AssignmentsFreshness
  readonly diff: AssignmentDiff
  readonly lines: readonly DiffLine[]
}

/**
 * What happened to a policy's assignments since a backup: `added` is in the observed set only.
 * @throws Failure `incomplete_read` when either side was never read, `damaged`, `not_found`, `not_applicable`
 */
export async function diffWithBackup(
  db: Database,
  ctx: TenantContext,
  { policyId, backupSetId }: { readonly policyId: PolicyId; readonly backupSetId: BackupSetId },
): Promise<PolicyDiff> {
  const observed = await inWorkspace(db, ctx, (tx) => getObserved(tx, ctx, policyId))
  const { type, graphId, name } = observed.policy
  const { assignments } = await readSnapshot(db, ctx, { backupSetId, type, graphId })
  if (assignments === null) throw new Failure('not_applicable', `"${name}" is of a type without assignments.`)
  return diffOf(db, ctx, assignments, observed)
}

/**
 * How the assignments of one policy differ from those of another: `added` is in the first policy only.
 * @throws Failure `incomplete_read` when either was never read, `not_found`
 */
export async function diffPolicies(
  db: Database,
  ctx: TenantContext,
  { policyId, otherId }: { readonly policyId: PolicyId; readonly otherId: PolicyId },
): Promise<PolicyDiff> {
  const [observed, other] = await inWorkspace(db, ctx, async (tx) => [
    await getObserved(tx, ctx, policyId),
    await getObserved(tx, ctx, otherId),
  ])
  if (observed === undefined || other === undefined) throw new TypeError('both were read')
  return diffOf(db, ctx, requireRead(other), observed)
}

async function diffOf(
  db: Database,
  ctx: TenantContext,
  wanted: readonly Assignment[],
  observed: ObservedSet,
): Promise<PolicyDiff> {
  const found = requireRead(observed)
  const diff = compareAssignments(wanted, found)
  const references = await inWorkspace(db, ctx, (tx) => readReferences(tx, ctx, [...wanted, ...found]))
  return {
    policy: observed.policy,
    freshness: observed.freshness,
    diff,
    lines: describeDiff(diff, namesFrom(references)),
  }
}
