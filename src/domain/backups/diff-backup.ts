/**
 * What happened to a tenant's assignments since a backup: the set against what was last observed. What either side does
 * not know is `unknown`, never "removed" and never "new".
 */
import { namesFrom, readReferences } from '#domain/assignments/assignment-view.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { compareAssignments, isSame } from '#domain/assignments/compare-assignments.ts'
import { describeDiff } from '#domain/assignments/describe-assignment.ts'
import type { DiffLine } from '#domain/assignments/describe-assignment.ts'
import type { Names } from '#domain/assignments/names.ts'
import { observedOf } from '#domain/assignments/observed-assignments.ts'
import type { ObservedSet } from '#domain/assignments/observed-assignments.ts'
import { isFoundationType } from '#domain/backups/backup-set.ts'
import type { BackupSet } from '#domain/backups/backup-set.ts'
import type { ItemCursor } from '#domain/backups/backups.store.ts'
import { observedSince, type NewPlace } from '#domain/backups/diff-backup.store.ts'
import { readPlace, writePlace } from '#domain/backups/diff-place.ts'
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
  /** Give it as `cursor` to get the next differences; null at the end. */
  readonly nextCursor: string | null
}

export interface BackupQuestion {
  readonly backupSetId: BackupSetId
  /** How many differences; all when absent. */
  readonly limit?: number
  readonly cursor?: string | undefined
}

/**
 * Compares a backup set with the inventory; sync first to compare with what is live now. A page ends with its last
 * difference and counts what it went over: the pages together count the whole.
 * @throws Failure `not_found`, `invalid_state` for a set that is still being made, `invalid_input` for a cursor that no
 * page gave
 */
export async function diffBackup(
  db: Database,
  ctx: TenantContext,
  { backupSetId, limit = Number.POSITIVE_INFINITY, cursor }: BackupQuestion,
): Promise<BackupDiff> {
  const from = cursor === undefined ? null : readPlace(cursor)
  const set = await inWorkspace(db, ctx, (tx) => getSet(tx, ctx, backupSetId))
  if (set.state === 'capturing')
    throw new Failure('invalid_state', 'This backup is still being made; compare it when it is done.')
  const held = from?.among === 'new' ? nothingHeld : await diffHeld(db, ctx, { set, after: from?.after ?? null, limit })
  const counts = { backupSetId, compared: held.compared, unchanged: held.compared - held.differences.length }
  if (held.endedAt !== null) {
    const nextCursor = writePlace({ among: 'held', after: held.endedAt })
    return { ...counts, differences: held.differences, nextCursor }
  }
  const added = await newSince(db, ctx, {
    set,
    after: from?.among === 'new' ? from.after : null,
    limit: limit - held.differences.length,
  })
  return { ...counts, differences: [...held.differences, ...added.differences], nextCursor: added.nextCursor }
}

interface HeldDiff {
  readonly compared: number
  readonly differences: readonly PolicyDifference[]
  /** The policy at which enough was found; null when the whole rest of the set was gone through. */
  readonly endedAt: ItemCursor | null
}

const nothingHeld: HeldDiff = { compared: 0, differences: [], endedAt: null }

async function diffHeld(
  db: Database,
  ctx: TenantContext,
  { set, after, limit }: { readonly set: BackupSet; readonly after: ItemCursor | null; readonly limit: number },
): Promise<HeldDiff> {
  let compared = 0
  const differences: PolicyDifference[] = []
  for await (const page of checkedItems(db, ctx, { backupSetId: set.id, after })) {
    for (const { policy, difference } of await diffPage(db, ctx, { set, policies: page.flatMap(comparable) })) {
      compared += 1
      if (difference !== null) differences.push(difference)
      if (differences.length === limit) return { compared, differences, endedAt: policy }
    }
  }
  return { compared, differences, endedAt: null }
}

async function newSince(
  db: Database,
  ctx: TenantContext,
  { set, after, limit }: { readonly set: BackupSet; readonly after: NewPlace | null; readonly limit: number },
): Promise<Pick<BackupDiff, 'differences' | 'nextCursor'>> {
  const types = Object.entries(set.completeness).flatMap(([type, { state }]) => (state === 'complete' ? [type] : []))
  const most = Number.isFinite(limit) ? limit + 1 : null
  const page = { backupSetId: set.id, types, after, limit: most }
  const found = await inWorkspace(db, ctx, (tx) => observedSince(tx, ctx, page))
  const added = found.slice(0, limit)
  const last = found.length > added.length ? added.at(-1) : undefined
  return {
    differences: added.map((policy) => ({ ...policy, state: 'new' as const })),
    nextCursor: last === undefined ? null : writePlace({ among: 'new', after: last }),
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
): Promise<{ readonly policy: Comparable; readonly difference: PolicyDifference | null }[]> {
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
    return compared.map(({ policy, ...one }) => ({ policy, difference: differenceOf(policy, one, names) }))
  })
}

function differenceOf(
  { type, graphId, name }: DiffedPolicy,
  comparison: Comparison,
  names: Names,
): PolicyDifference | null {
  switch (comparison.is) {
    case 'unknown':
      return { type, graphId, name, state: 'unknown', problem: comparison.problem }
    case 'deleted':
      return { type, graphId, name, state: 'deleted', since: comparison.since }
    case 'compared': {
      const { diff } = comparison
      return isSame(diff) ? null : { type, graphId, name, state: 'changed', lines: describeDiff(diff, names) }
    }
  }
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
