/** Where the sets come from that a restore brings back: a backup set, or what an earlier restore found before it wrote. */
import { isFoundationType } from '#domain/backups/backup-set.ts'
import { assignmentsOf, checkedItems, whyUnusable } from '#domain/backups/read-snapshot.ts'
import type { CheckedItem } from '#domain/backups/read-snapshot.ts'
import { showBackup } from '#domain/backups/show-backup.ts'
import { hashAssignments } from '#domain/assignments/hash-assignments.ts'
import type { Wanted } from '#domain/restore/plan-item.ts'
import { beforeSets, writtenTypes } from '#domain/restore/restores.store.ts'
import type { PolicyRef, RestoreRun, RestoreScope } from '#domain/restore/restore-run.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { BackupSetId, RestoreRunId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'

export interface WantedPolicy extends PolicyRef {
  readonly name: string
  readonly wanted: Wanted
}

export interface RestoreSource {
  /** The types it has policies of, in the order of the registry, with how many. */
  types(): Promise<readonly { readonly type: PolicyType; readonly count: number }[]>
  /** The wanted policies of one type, page by page. */
  policies(type: PolicyType): AsyncIterable<readonly WantedPolicy[]>
}

/** The source of a restore run. */
export function sourceOf(db: Database, ctx: TenantContext, restore: RestoreRun): RestoreSource {
  if (restore.undoOf !== null) return undoSource(db, ctx, restore.undoOf)
  if (restore.backupSetId === null) throw new TypeError(`restore run ${restore.id} has no source`)
  return backupSource(db, ctx, { backupSetId: restore.backupSetId, scope: restore.scope })
}

function backupSource(
  db: Database,
  ctx: TenantContext,
  { backupSetId, scope }: { readonly backupSetId: BackupSetId; readonly scope: RestoreScope },
): RestoreSource {
  return {
    async types() {
      const { counts } = await showBackup(db, ctx, { backupSetId })
      const wanted = counts.byType.flatMap(({ type, captured, unread }) =>
        isFoundationType(type) ? [] : [{ type, count: countIn(scope, type, captured + unread) }],
      )
      return inRegistryOrder(wanted.filter(({ type, count }) => count > 0 && isAsked(scope, type)))
    },
    async *policies(type) {
      const items = scope.kind === 'policies' ? scope.policies.filter((policy) => policy.type === type) : undefined
      for await (const page of checkedItems(db, ctx, { backupSetId, types: [type], items })) {
        yield page.map((item) => ({ type, graphId: item.graphId, name: item.name, wanted: wantedOf(item) }))
      }
    },
  }
}

/** Types without assignments have nothing to restore; they are in a plan only when asked for, to say so. */
function isAsked(scope: RestoreScope, type: PolicyType): boolean {
  return scope.kind === 'policies' || contractOf(type).assignmentsRead !== 'none'
}

function countIn(scope: RestoreScope, type: PolicyType, inSet: number): number {
  switch (scope.kind) {
    case 'all':
      return inSet
    case 'types':
      return scope.types.includes(type) ? inSet : 0
    case 'policies':
      return scope.policies.filter((policy) => policy.type === type).length
  }
}

function wantedOf(item: CheckedItem): Wanted {
  if (item.state !== 'intact') return { state: 'unusable', refusal: whyUnusable(item) }
  const assignments = assignmentsOf(item.texts)
  if (assignments !== null) return { state: 'known', assignments }
  return { state: 'unusable', refusal: { reason: 'unsupported', message: 'This policy type carries no assignments.' } }
}

function undoSource(db: Database, ctx: TenantContext, restoreRunId: RestoreRunId): RestoreSource {
  return {
    async types() {
      return inRegistryOrder(await inWorkspace(db, ctx, (tx) => writtenTypes(tx, ctx, restoreRunId)))
    },
    async *policies(type) {
      const sets = await inWorkspace(db, ctx, (tx) => beforeSets(tx, ctx, restoreRunId, type))
      if (sets.length > 0)
        yield sets.map(({ graphId, name, before, beforeHash }) => ({
          type,
          graphId,
          name,
          wanted: recorded(before, beforeHash),
        }))
    },
  }
}

function recorded(assignments: Parameters<typeof hashAssignments>[0], hash: string): Wanted {
  if (hashAssignments(assignments) === hash) return { state: 'known', assignments }
  return {
    state: 'unusable',
    refusal: { reason: 'damaged', message: 'What was recorded before the write is damaged.' },
  }
}

function inRegistryOrder<T extends { readonly type: PolicyType }>(types: readonly T[]): T[] {
  return types.toSorted((a, b) => policyTypes.indexOf(a.type) - policyTypes.indexOf(b.type))
}
