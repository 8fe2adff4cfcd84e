import type { BackupItemType, BackupSet } from '#domain/backups/backup-set.ts'
import { isFoundationType } from '#domain/backups/backup-set.ts'
import { itemCounts, itemsNamed, setById, setOfRun, setsOfTenant, unreadItems } from '#domain/backups/backups.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RunId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface BackupItemRef {
  readonly type: BackupItemType
  readonly graphId: string
  readonly name: string
}

export interface BackupView extends BackupSet {
  readonly counts: {
    /** Policies with a snapshot, and policies without one. */
    readonly policies: number
    readonly unread: number
    /** Groups, filters and scope tags kept with them. */
    readonly foundations: number
    readonly byType: readonly { readonly type: BackupItemType; readonly captured: number; readonly unread: number }[]
  }
  /** The first hundred items that could not be read whole. */
  readonly unreadItems: readonly (BackupItemRef & { readonly problem: string })[]
}

/** A backup set with its completeness and counts. @throws Failure `not_found` */
export async function showBackup(
  db: Database,
  ctx: TenantContext,
  { backupSetId }: { readonly backupSetId: BackupSetId },
): Promise<BackupView> {
  return inWorkspace(db, ctx, async (tx) => {
    const set = await getSet(tx, ctx, backupSetId)
    const byType = await itemCounts(tx, ctx, backupSetId)
    const policies = byType.filter(({ type }) => !isFoundationType(type))
    const foundations = byType.filter(({ type }) => isFoundationType(type))
    return {
      ...set,
      counts: {
        policies: sum(policies.map((type) => type.captured)),
        unread: sum(policies.map((type) => type.unread)),
        foundations: sum(foundations.map((type) => type.captured)),
        byType,
      },
      unreadItems: await unreadItems(tx, ctx, { backupSetId, limit: 100 }),
    }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Inside the caller's transaction. @throws Failure `not_found`, also for a set of another tenant. */
export async function getSet(tx: Tx, ctx: TenantContext, backupSetId: BackupSetId): Promise<BackupSet> {
  const set = isUuid(backupSetId) ? await setById(tx, ctx, backupSetId) : undefined
  if (set) return set
  throw new Failure('not_found', `Tenant "${ctx.tenantName}" has no backup set ${backupSetId}.`)
}

/** The set that a run captured, once it has begun. */
export async function backupSetOfRun(db: Database, ctx: TenantContext, runId: RunId): Promise<BackupSet | undefined> {
  return inWorkspace(db, ctx, (tx) => setOfRun(tx, ctx, runId))
}

/** The newest set one can restore from. @throws Failure `not_found` when there is none yet. */
export async function latestBackup(db: Database, ctx: TenantContext): Promise<BackupSet> {
  const usable = { states: ['complete', 'partial'], limit: 1, after: null } as const
  const [latest] = await inWorkspace(db, ctx, (tx) => setsOfTenant(tx, ctx, usable))
  if (latest) return latest.set
  throw new Failure(
    'not_found',
    `Tenant "${ctx.tenantName}" has no backup yet; make one with \`tenantatlas backup create\`.`,
  )
}

/**
 * The policy of a backup set with that Graph id or exact name: also one that the tenant has lost since.
 * @throws Failure `not_found`, `ambiguous`
 */
export async function findBackupItem(
  db: Database,
  ctx: TenantContext,
  wanted: { readonly backupSetId: BackupSetId; readonly text: string },
): Promise<BackupItemRef & { readonly type: PolicyType }> {
  const items = await inWorkspace(db, ctx, async (tx) => {
    await getSet(tx, ctx, wanted.backupSetId)
    return itemsNamed(tx, ctx, wanted)
  })
  const policies = items.flatMap((item) => (isFoundationType(item.type) ? [] : [{ ...item, type: item.type }]))
  const [policy] = policies
  if (policy === undefined) throw new Failure('not_found', `The backup set holds no policy "${wanted.text}".`)
  if (policies.length === 1) return policy
  const ids = policies.slice(0, 5).map(({ type, graphId }) => `${graphId} (${type})`)
  throw new Failure(
    'ambiguous',
    `${policies.length} policies are named "${wanted.text}": give the id of one: ${ids.join(', ')}.`,
  )
}
