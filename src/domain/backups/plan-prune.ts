/** Which backup sets a retention rule lets go, as a pure decision: every set that anything keeps is kept. */
import type { BackupState } from '#domain/backups/backup-set.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'

/** Absent: this rule keeps nothing. With neither, everything is kept. */
export interface PruneRule {
  /** The newest sets one can restore from. */
  readonly keepLast?: number | undefined
  /** Younger than so many days. */
  readonly keepDays?: number | undefined
}

export interface PrunableSet {
  readonly id: BackupSetId
  readonly state: BackupState
  readonly createdAt: Date
  readonly isPinned: boolean
  /** A restore run is made from it. */
  readonly isInUse: boolean
}

export type KeptBecause = 'capturing' | 'pinned' | 'newest' | 'in_use' | 'keep_last' | 'keep_days' | 'no_rule'

export type PruneDecision = { readonly set: PrunableSet } & ({ readonly keep: KeptBecause } | { readonly keep: null })

const dayMs = 86_400_000

/** What becomes of each set; `sets` are all of one tenant, the newest first, and `now` is the database's. */
export function planPrune(sets: readonly PrunableSet[], rule: PruneRule, now: Date): readonly PruneDecision[] {
  const newest = new Set([sets.find(isUsable), sets.find(({ state }) => state === 'complete')])
  let usableBefore = 0
  return sets.map((set) => {
    const keep = newest.has(set) ? 'newest' : keptBecause(set, rule, { now, usableBefore })
    if (isUsable(set)) usableBefore += 1
    return { set, keep }
  })
}

function keptBecause(
  set: PrunableSet,
  { keepLast, keepDays }: PruneRule,
  { now, usableBefore }: { readonly now: Date; readonly usableBefore: number },
): KeptBecause | null {
  if (set.state === 'capturing') return 'capturing'
  if (set.isPinned) return 'pinned'
  if (set.isInUse) return 'in_use'
  if (keepLast === undefined && keepDays === undefined) return 'no_rule'
  if (keepLast !== undefined && usableBefore < keepLast) return 'keep_last'
  if (keepDays !== undefined && now.getTime() - set.createdAt.getTime() < keepDays * dayMs) return 'keep_days'
  return null
}

function isUsable({ state }: PrunableSet): boolean {
  return state === 'complete' || state === 'partial'
}
