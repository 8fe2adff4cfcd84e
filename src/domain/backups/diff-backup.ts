/**
 * What happened to a tenant's assignments since a backup: the set against what was last observed. What either side does
 * not know is `unknown`, never "removed" and never "new".
 */
import { namesFrom, readReferences } from '#domain/assignments/assignment-view.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { compareAssignments, isSame } from '#domain/assignments/compare-assignments.ts'
import { describeDiff } from '#domain/assignments/describe-assignment.ts'
import type { DiffLine } from '#domain/assignments/describe-assignment.ts'
import { observedOf } from '#domain/assignments/observed-assignments.ts'
import type { ObservedSet } from '#domain/assignments/observed-assignments.ts'
import { isFoundationType } from '#domain/backups/backup-set.ts'
import type { BackupSet } from '#domain/backups/backup-set.ts'
import { observedSince } from '#domain/backups/diff-backup.store.ts'
import { namesInBackup, namesOfBoth } from '#domain/backups/names-in-backup.ts'
import { assignmentsOf, checkedItems, whyUnusable } from '#domain/backups/read-snapshot.ts'
import type { CheckedItem } from '#domain/backups/read-snapshot.ts'
import { getSet } from '#domain/backups/show-backup.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

interface DiffedPolicy {
  readonly type: PolicyType
  readonly graphId: string
  readonly name: string
}

export type PolicyDifference = DiffedPolicy &
  (
    | { readonly state: 'changed'; readonly lines: readonly DiffLine[] }
    /** A complete read of the tenant no longer showed it. */
    | { readonly state: 'deleted'; readonly since: Date }
    /** Observed now, and not there when its type was captured completely. */
    | { readonly state: 'new' }
    | { readonly state: 'unknown'; readonly problem: string }
  )

export interface BackupDiff {
  readonly backupSetId: BackupSetId
  /** Policies of the set that carry assignments. */
  readonly compared: number
  readonly unchanged: number
  /** In the order of the set, then what is new. */
  readonly differences: readonly PolicyDifference[]
}

/**
 * Compares a backup set with the inventory; sync first to compare with what is live now.
 * @throws Failure `not_found`, `invalid_state` for a set that is still being made
 */
export async function diffBackup(
  db: Database,
  ctx: TenantContext,
  { backupSetId }: { readonly backupSetId: BackupSetId },
): Promise<BackupDiff> {
  const set = await inWorkspace(db, ctx, (tx) => getSet(tx, ctx, backupSetId))
  if (set.state === 'capturing')
    throw new Failure('invalid_state', 'This backup is still being made; compare it when it is done.')
  let compared = 0
  const differences: PolicyDifference[] = []
  for await (const page of checkedItems(db, ctx, { backupSetId })) {
    const policies = page.flatMap(comparable)
    compared += policies.length
    differences.push(...(await diffPage(db, ctx, { set, policies })))
  }
  const unchanged = compared - differences.length
  const complete = Object.entries(set.completeness).flatMap(([type, { state }]) => (state === 'complete' ? [type] : []))
  const added = await inWorkspace(db, ctx, (tx) => observedSince(tx, ctx, { backupSetId, types: complete }))
  return {
    backupSetId,
    compared,
    unchanged,
    differences: [...differences, ...added.map((policy) => ({ ...policy, state: 'new' as const }))],
  }
}

interface Comparable extends DiffedPolicy {
  /** Null: what the set holds cannot be used, and why. */
  readonly wanted: readonly Assignment[] | Failure
}

/** Foundations and types without assignments have nothing to compare. */
function comparable(item: CheckedItem): Comparable[] {
  const { type, graphId, name } = item
  if (isFoundationType(type)) return []
  if (item.state !== 'intact') return [{ type, graphId, name, wanted: whyUnusable(item) }]
  const wanted = assignmentsOf(item.texts)
  return wanted === null ? [] : [{ type, graphId, name, wanted }]
}

async function diffPage(
  db: Database,
  ctx: TenantContext,
  { set, policies }: { readonly set: BackupSet; readonly policies: readonly Comparable[] },
): Promise<PolicyDifference[]> {
  return inWorkspace(db, ctx, async (tx) => {
    const observed = new Map((await observedOf(tx, ctx, policies)).map((one) => [keyOf(one.policy), one]))
    const compared = policies.map((policy) => ({ policy, ...compare(policy, observed.get(keyOf(policy)), set) }))
    const changed = compared.flatMap((one) => (one.is === 'compared' && !isSame(one.diff) ? [one.diff] : []))
    const rows = changed.flatMap(({ added, removed, changed: pairs }) => [
      ...added,
      ...removed,
      ...pairs.flatMap(({ from, to }) => [from, to]),
    ])
    const observedNames = namesFrom(await readReferences(tx, ctx, rows))
    const names = namesOfBoth(observedNames, await namesInBackup(tx, ctx, set.id))
    return compared.flatMap(({ policy: { type, graphId, name }, ...one }): PolicyDifference[] => {
      if (one.is === 'unknown') return [{ type, graphId, name, state: 'unknown', problem: one.problem }]
      if (one.is === 'deleted') return [{ type, graphId, name, state: 'deleted', since: one.since }]
      return isSame(one.diff) ? [] : [{ type, graphId, name, state: 'changed', lines: describeDiff(one.diff, names) }]
    })
  })
}

type Comparison =
  | { readonly is: 'compared'; readonly diff: ReturnType<typeof compareAssignments> }
  | { readonly is: 'deleted'; readonly since: Date }
  | { readonly is: 'unknown'; readonly problem: string }

function compare({ wanted }: Comparable, observed: ObservedSet | undefined, set: BackupSet): Comparison {
  if (wanted instanceof Failure) return { is: 'unknown', problem: wanted.message }
  if (observed === undefined)
    return { is: 'unknown', problem: 'It was never observed; run `tenantatlas inventory sync`.' }
  if (observed.policy.missingSince !== null) return { is: 'deleted', since: observed.policy.missingSince }
  const { assignments, freshness } = observed
  if (assignments === null) return { is: 'unknown', problem: 'Its assignments were never read.' }
  if (freshness.state === 'stale')
    return { is: 'unknown', problem: `The latest read of its assignments failed: ${freshness.problem ?? ''}` }
  // What was seen before the backup was made says nothing of what happened since.
  if (freshness.observedAt === null || freshness.observedAt < set.createdAt)
    return { is: 'unknown', problem: 'It was not observed since the backup; run `tenantatlas inventory sync`.' }
  return { is: 'compared', diff: compareAssignments(wanted, assignments) }
}

function keyOf({ type, graphId }: Pick<DiffedPolicy, 'type' | 'graphId'>): string {
  return `${type}/${graphId}`
}
