import { describeWrite } from '#domain/restore/describe-write.ts'
import type { PlannedRequest } from '#domain/restore/describe-write.ts'
import { getRestore } from '#domain/restore/get-restore.ts'
import { countItems, restoreItems, setsOfItem } from '#domain/restore/restores.store.ts'
import { approvalsNow } from '#domain/restore/second-person.ts'
import type { RestoreWithApproval } from '#domain/restore/second-person.ts'
import { endedStates } from '#domain/restore/restore-run.ts'
import type { ItemPlan, PolicyRef, RestoreItem, RestoreItemState, RestoreState } from '#domain/restore/restore-run.ts'
import { itemStateAsSeen } from '#domain/restore/state-as-seen.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'
import { contractOf } from '#graph/contracts/registry.ts'

export interface RestoreView extends RestoreWithApproval {
  readonly counts: {
    readonly byPlan: Readonly<Record<ItemPlan, number>>
    readonly byState: Readonly<Partial<Record<RestoreItemState, number>>>
  }
  readonly items: readonly RestoreItem[]
  /** Give it as `after` to get the next items; null at the end. */
  readonly nextOrdinal: number | null
}

export interface ShowRestoreInput {
  readonly restoreRunId: RestoreRunId
  readonly after?: number
  readonly limit?: number
  /** Only items that will be written, are equal, or are left out. */
  readonly plan?: ItemPlan
}

/** A restore run with its checks, counts and items in the order of the plan. @throws Failure `not_found` */
export async function showRestore(db: Database, ctx: TenantContext, input: ShowRestoreInput): Promise<RestoreView> {
  const { restoreRunId, after = -1, limit = 1_000, plan } = input
  return inWorkspace(db, ctx, async (tx) => {
    const seenNow = await approvalsNow(tx, ctx)
    const restore = seenNow(await getRestore(tx, ctx, restoreRunId))
    const found = await restoreItems(tx, ctx, restoreRunId, { after, limit: limit + 1, plan })
    const page = found.slice(0, limit)
    const ended: readonly RestoreState[] = endedStates
    const seen = (state: RestoreItemState) => itemStateAsSeen(state, ended.includes(restore.state))
    return {
      ...restore,
      counts: sumUp(await countItems(tx, ctx, restoreRunId), seen),
      items: page.map((item) => ({ ...item, state: seen(item.state) })),
      nextOrdinal: found.length > limit ? (page.at(-1)?.ordinal ?? null) : null,
    }
  })
}

function sumUp(
  counts: Awaited<ReturnType<typeof countItems>>,
  seen: (state: RestoreItemState) => RestoreItemState,
): RestoreView['counts'] {
  const byPlan: Record<ItemPlan, number> = { write: 0, no_change: 0, skip: 0 }
  const byState: Partial<Record<RestoreItemState, number>> = {}
  for (const { plan, state, count } of counts) {
    byPlan[plan] += count
    byState[seen(state)] = (byState[seen(state)] ?? 0) + count
  }
  return { byPlan, byState }
}

/** The exact requests a plan sends for one policy; none when it is not written. @throws Failure `not_found` */
export async function showWrite(
  db: Database,
  ctx: TenantContext,
  { restoreRunId, type, graphId }: PolicyRef & { readonly restoreRunId: RestoreRunId },
): Promise<readonly PlannedRequest[]> {
  const sets = await inWorkspace(db, ctx, (tx) => setsOfItem(tx, ctx, restoreRunId, { type, graphId }))
  if (!sets) throw new Failure('not_found', `The plan has no policy ${type} ${graphId}.`)
  if (sets.preview === null || sets.desired === null) return []
  return describeWrite(contractOf(type), graphId, { before: sets.preview, desired: sets.desired })
}
