/** The product's own schedules: every workspace has them, they can be paused and changed, never removed. */
import type { OperationType } from '#domain/operations/catalog.ts'
import { cronSlots } from '#domain/schedules/cron-slots.ts'
import { slotTime } from '#domain/schedules/decide-slots.ts'
import { jitterPlace } from '#domain/schedules/jitter.ts'
import { databaseNow, insertSchedule, workspacesWithout } from '#domain/schedules/schedules.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type ScheduleId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

interface SystemSchedule {
  /** Never changes: by it a workspace is known to have the schedule. */
  readonly key: string
  readonly name: string
  readonly type: OperationType
  readonly cron: string
  /** A slot of a workspace in which nothing is active passes without a trace. */
  readonly onlyWhenActive: boolean
  readonly jitterSeconds: number | null
}

const systemSchedules: readonly SystemSchedule[] = [
  {
    key: 'ops.reconcile_adapter_runs',
    name: 'Reconciliation',
    type: 'ops.reconcile_adapter_runs',
    cron: '*/5 * * * *',
    onlyWhenActive: true,
    jitterSeconds: null,
  },
  {
    key: 'retention.prune',
    name: 'Retention',
    type: 'retention.prune',
    cron: '0 3 * * *',
    onlyWhenActive: false,
    // Of thousands of workspaces, few at a time.
    jitterSeconds: 3_600,
  },
]

export function isOnlyWhenActive(systemKey: string | null): boolean {
  return systemSchedules.some(({ key, onlyWhenActive }) => key === systemKey && onlyWhenActive)
}

/** Gives a workspace the schedules of the product that it does not have yet. */
export async function ensureSystemSchedules(tx: Tx, ctx: WorkspaceContext): Promise<void> {
  const now = await databaseNow(tx)
  for (const { key, name, type, cron, jitterSeconds } of systemSchedules) {
    const id = newId<ScheduleId>()
    const slots = cronSlots({ cron, timeZone: 'UTC' })
    const next = slotTime({ slots, place: jitterPlace(id, ctx.workspaceId), jitterSeconds }, slots.after(now))
    await insertSchedule(tx, ctx, {
      id,
      tenantId: null,
      name,
      systemKey: key,
      type,
      input: {},
      cron,
      timeZone: 'UTC',
      catchUp: 'once',
      jitterSeconds,
      next,
      by: { kind: 'system', name: 'TenantAtlas' },
    })
  }
}

/** The same for every workspace that was made before its schedules were. */
export async function ensureSystemSchedulesEverywhere(db: Database): Promise<void> {
  const keys = systemSchedules.map(({ key }) => key)
  for (const workspaceId of await workspacesWithout(db, keys)) {
    const ctx = contextOfProduct(workspaceId, 'TenantAtlas')
    await inWorkspace(db, ctx, (tx) => ensureSystemSchedules(tx, ctx))
  }
}
