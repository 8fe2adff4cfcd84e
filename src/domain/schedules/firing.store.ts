import { sql } from 'kysely'
import {
  scheduleColumns,
  schedulesWithTenants,
  toSchedule,
  type ScheduleRow,
} from '#domain/schedules/schedules.store.ts'
import type { SlotTime } from '#domain/schedules/decide-slots.ts'
import type { Schedule, SlotState } from '#domain/schedules/schedule.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import {
  asId,
  type RunId,
  type ScheduleId,
  type TenantId,
  type TenantRef,
  type WorkspaceId,
} from '#foundation/kernel/ids.ts'

const atOnce = 1_000

/** Workspaces in which something of these types is due, the longest overdue first. */
export async function workspacesWithDue(db: Database, types: readonly string[]): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ workspace_id: string }>`
    select due.workspace_id from workspaces_with_due(${[...types]}, ${atOnce}) due`.execute(db)
  return rows.map(({ workspace_id: id }) => asId(id))
}

export type DueRow = Schedule & { readonly now: Date; readonly systemKey: string | null; readonly isArchived: boolean }

/**
 * One schedule of the workspace that is due, and the time it is. Locks its row until the transaction ends; rows that
 * somebody else has are passed over: they are being decided, or changed.
 */
export async function lockDue(
  tx: Tx,
  ctx: WorkspaceContext,
  { types, except }: { readonly types: readonly string[]; readonly except: readonly ScheduleId[] },
): Promise<DueRow | undefined> {
  const { rows } = await sql<ScheduleRow & { now: Date; archived_at: Date | null }>`
    select ${scheduleColumns}, t.archived_at, clock_timestamp() as now from ${schedulesWithTenants}
    where s.workspace_id = ${ctx.workspaceId} and s.paused_at is null and s.next_due_at <= statement_timestamp()
      and s.type = any (${[...types]}::text[]) and not s.id = any (${[...except]}::uuid[])
    order by s.next_due_at limit 1
    for no key update of s skip locked`.execute(tx)
  const [row] = rows
  return row && { ...toSchedule(row), now: row.now, systemKey: row.system_key, isArchived: row.archived_at !== null }
}

/** Whether the slot was decided before: then its time is over, whatever the schedule says now. */
export async function isDecided(
  tx: Tx,
  ctx: WorkspaceContext,
  { scheduleId, slotAt }: { readonly scheduleId: ScheduleId; readonly slotAt: Date },
): Promise<boolean> {
  const { rows } = await sql`
    select from schedule_slots
    where workspace_id = ${ctx.workspaceId} and schedule_id = ${scheduleId} and scheduled_for = ${slotAt}`.execute(tx)
  return rows.length > 0
}

export interface NewSlot {
  readonly scheduleId: ScheduleId
  readonly scheduledFor: Date
  readonly state: SlotState
  readonly runId?: RunId
  readonly missedThrough?: Date
  readonly problem?: string
}

/** Writes what became of a slot. One that was decided already aborts the transaction, and with it what it started. */
export async function insertSlot(tx: Tx, ctx: WorkspaceContext, slot: NewSlot): Promise<void> {
  await tx
    .insertInto('schedule_slots')
    .values({
      workspace_id: ctx.workspaceId,
      schedule_id: slot.scheduleId,
      scheduled_for: slot.scheduledFor,
      missed_through: slot.missedThrough ?? null,
      state: slot.state,
      run_id: slot.runId ?? null,
      problem: slot.problem ?? null,
    })
    .execute()
}

export async function setNext(tx: Tx, ctx: WorkspaceContext, id: ScheduleId, next: SlotTime): Promise<void> {
  await sql`
    update schedules set next_slot_at = ${next.slotAt}, next_due_at = ${next.dueAt}
    where workspace_id = ${ctx.workspaceId} and id = ${id}`.execute(tx)
}

/** The run that the schedule started last, when it is still active. */
export async function activeRunOf(tx: Tx, ctx: WorkspaceContext, scheduleId: ScheduleId): Promise<RunId | undefined> {
  const { rows } = await sql<{ run_id: string }>`
    select l.run_id from (
      select s.run_id from schedule_slots s
      where s.workspace_id = ${ctx.workspaceId} and s.schedule_id = ${scheduleId} and s.state = 'started'
      order by s.scheduled_for desc limit 1
    ) latest
    join live_runs l on l.workspace_id = ${ctx.workspaceId} and l.run_id = latest.run_id`.execute(tx)
  return rows[0] && asId<RunId>(rows[0].run_id)
}

/**
 * Whether anything in the workspace is active, or stays as if it were: a run that holds its identity, a restore. Asked by
 * scope, as the holder indexes are: the whole history must not be read for it.
 */
export async function isAnythingActive(tx: Tx, ctx: WorkspaceContext): Promise<boolean> {
  const { rows } = await sql<{ active: boolean }>`
    select exists (
        select from operation_runs r where r.workspace_id = ${ctx.workspaceId} and r.holds and r.tenant_id is not null)
      or exists (select from operation_runs r where r.workspace_id = ${ctx.workspaceId} and r.holds and r.tenant_id is null)
      or exists (select from live_runs l where l.workspace_id = ${ctx.workspaceId})
      or exists (select from restore_runs r where r.workspace_id = ${ctx.workspaceId} and r.state in ('queued', 'running'))
      as active`.execute(tx)
  return rows[0]?.active === true
}

export interface TenantToStart {
  readonly id: TenantId
  readonly ref: TenantRef
  readonly name: string
  readonly isConnected: boolean
}

/** The tenants of the workspace that are not archived, in the order of their ids. */
export async function tenantsToStart(tx: Tx, ctx: WorkspaceContext): Promise<TenantToStart[]> {
  const { rows } = await sql<{ id: string; ref: string; name: string; connected: boolean }>`
    select t.id, t.external_id as ref, t.name, c.id is not null as connected
    from tenants t left join connections c on c.workspace_id = t.workspace_id and c.tenant_id = t.id
    where t.workspace_id = ${ctx.workspaceId} and t.archived_at is null order by t.id`.execute(tx)
  return rows.map(({ id, ref, name, connected }) => ({ id: asId(id), ref: asId(ref), name, isConnected: connected }))
}
