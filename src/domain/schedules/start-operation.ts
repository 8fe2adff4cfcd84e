import { catalog, type InputOf, type OperationType } from '#domain/operations/catalog.ts'
import { ensureRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import { jitterWindowMs } from '#domain/schedules/jitter.ts'
import type { Schedule } from '#domain/schedules/schedule.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface Slot {
  readonly scheduledFor: Date
  /** Until the next one. */
  readonly intervalMs: number
}

/** Starts what a slot of the schedule stands for, in the caller's transaction. @throws Failure `invalid_input` */
export async function startOperation(
  tx: Tx,
  ctx: WorkspaceContext,
  schedule: Schedule,
  slot: Slot,
): Promise<EnsuredRun> {
  const { type, input } = operationOf(schedule, slot)
  const context = { scheduleId: schedule.id, schedule: schedule.name, scheduledFor: slot.scheduledFor.toISOString() }
  const trigger = schedule.isSystem ? 'system' : 'schedule'
  return ensureRun(tx, scopeOf(ctx, schedule), { type, input, trigger, context })
}

/** The backups of all tenants are started by one run, which spreads them; everything else is started as it is. */
function operationOf(
  { id, type, input, tenant, jitterSeconds }: Schedule,
  { scheduledFor, intervalMs }: Slot,
): { readonly type: OperationType; readonly input: InputOf<OperationType> } {
  // The input was parsed when the schedule was made, and is parsed again when the run is.
  const own = { type: type as OperationType, input: input as InputOf<OperationType> }
  if (tenant === null && type !== 'backup.capture' && catalog[own.type].scope === 'tenant')
    throw new Failure('invalid_input', `${catalog[own.type].label} needs a tenant; make a schedule for one.`)
  if (type !== 'backup.capture' || tenant !== null) return own
  const spreadSeconds = Math.floor(jitterWindowMs(intervalMs, jitterSeconds) / 1_000)
  const capture = input as InputOf<'backup.capture'>
  const run = { scheduleId: id, scheduledFor: scheduledFor.toISOString(), capture, spreadSeconds }
  return { type: 'backup_schedule.run', input: run }
}

/** A schedule acts by itself, under its own name. */
function scopeOf(ctx: WorkspaceContext, { tenant }: Schedule): TenantContext {
  // What is scoped to the workspace does not read the tenant.
  return tenant === null ? (ctx as TenantContext) : ctx.inTenant(tenant)
}
