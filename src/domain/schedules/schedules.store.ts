import { sql } from 'kysely'
import type { SlotTime } from '#domain/schedules/decide-slots.ts'
import type { CatchUp, Schedule, ScheduleSlot, SlotState } from '#domain/schedules/schedule.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { violates } from '#foundation/db/violates.ts'
import type { Actor, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type RunId, type ScheduleId, type TenantId, type WorkspaceId } from '#foundation/kernel/ids.ts'

/** Everything a schedule is made of. */
export interface NewSchedule {
  readonly id: ScheduleId
  readonly tenantId: TenantId | null
  readonly name: string
  readonly systemKey: string | null
  readonly type: string
  readonly input: unknown
  readonly cron: string
  readonly timeZone: string
  readonly catchUp: CatchUp
  readonly jitterSeconds: number | null
  readonly next: SlotTime
  readonly by: Actor
}

/** Whether the row is new: names are unique among people's schedules, keys among the product's own. */
export async function insertSchedule(tx: Tx, ctx: WorkspaceContext, schedule: NewSchedule): Promise<boolean> {
  const { next, by } = schedule
  const inserted = await tx
    .insertInto('schedules')
    .values({
      workspace_id: ctx.workspaceId,
      id: schedule.id,
      tenant_id: schedule.tenantId,
      name: schedule.name,
      system_key: schedule.systemKey,
      type: schedule.type,
      input: JSON.stringify(schedule.input),
      cron: schedule.cron,
      time_zone: schedule.timeZone,
      catch_up: schedule.catchUp,
      jitter_seconds: schedule.jitterSeconds,
      next_slot_at: next.slotAt,
      next_due_at: next.dueAt,
      created_by_id: by.kind === 'user' ? by.userId : null,
      created_by: by.name,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Where a page of the list begins: after this schedule. */
export interface SchedulePlace {
  readonly isSystem: boolean
  readonly name: string
  readonly id: string
}

/** The schedules of a workspace by name, from a place on: those people made, or also the product's own behind them. */
export async function schedulesAfter(
  tx: Tx,
  ctx: WorkspaceContext,
  page: { readonly withSystem: boolean; readonly after: SchedulePlace | null; readonly limit: number },
): Promise<Schedule[]> {
  const mine = page.withSystem ? sql`true` : sql`s.system_key is null`
  const place = page.after
  const later =
    place === null
      ? sql`true`
      : sql`(s.system_key is not null, s.name, s.id) > (${place.isSystem}::boolean, ${place.name}::text, ${place.id}::uuid)`
  const { rows } = await sql<ScheduleRow>`
    select ${scheduleColumns} from ${schedulesWithTenants}
    where s.workspace_id = ${ctx.workspaceId} and ${mine} and ${later}
    order by s.system_key is not null, s.name, s.id limit ${page.limit}`.execute(tx)
  return rows.map(toSchedule)
}

/** One schedule, locked until the transaction ends: whoever changes it, one at a time, and no slot is decided meanwhile. */
export async function lockSchedule(tx: Tx, ctx: WorkspaceContext, id: ScheduleId): Promise<Schedule | undefined> {
  const { rows } = await sql<ScheduleRow>`
    select ${scheduleColumns} from ${schedulesWithTenants}
    where s.workspace_id = ${ctx.workspaceId} and s.id = ${id} for no key update of s`.execute(tx)
  return rows[0] && toSchedule(rows[0])
}

export async function scheduleById(tx: Tx, ctx: WorkspaceContext, id: ScheduleId): Promise<Schedule | undefined> {
  const { rows } = await sql<ScheduleRow>`
    select ${scheduleColumns} from ${schedulesWithTenants}
    where s.workspace_id = ${ctx.workspaceId} and s.id = ${id}`.execute(tx)
  return rows[0] && toSchedule(rows[0])
}

export type ScheduleChange = Pick<
  NewSchedule,
  'name' | 'input' | 'cron' | 'timeZone' | 'catchUp' | 'jitterSeconds' | 'next'
>

/** Whether it could be written: false when another schedule has the name, and then the transaction can only be rolled back. */
export async function updateSchedule(
  tx: Tx,
  ctx: WorkspaceContext,
  id: ScheduleId,
  change: ScheduleChange,
): Promise<boolean> {
  try {
    await tx
      .updateTable('schedules')
      .set({
        name: change.name,
        input: JSON.stringify(change.input),
        cron: change.cron,
        time_zone: change.timeZone,
        catch_up: change.catchUp,
        jitter_seconds: change.jitterSeconds,
        next_slot_at: change.next.slotAt,
        next_due_at: change.next.dueAt,
        changed_at: sql<Date>`clock_timestamp()`,
      })
      .where('workspace_id', '=', ctx.workspaceId)
      .where('id', '=', id)
      .execute()
    return true
  } catch (error) {
    if (violates(error, 'schedules_by_name')) return false
    throw error
  }
}

export async function setPaused(tx: Tx, ctx: WorkspaceContext, id: ScheduleId): Promise<void> {
  await sql`
    update schedules set paused_at = clock_timestamp(), changed_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and id = ${id}`.execute(tx)
}

/** Those of people: what the product itself does goes on. */
export async function setAllPaused(tx: Tx, ctx: WorkspaceContext): Promise<void> {
  await sql`
    update schedules set paused_at = clock_timestamp(), changed_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and system_key is null and paused_at is null`.execute(tx)
}

export async function setResumed(tx: Tx, ctx: WorkspaceContext, id: ScheduleId, next: SlotTime): Promise<void> {
  await sql`
    update schedules
    set paused_at = null, next_slot_at = ${next.slotAt}, next_due_at = ${next.dueAt}, changed_at = clock_timestamp()
    where workspace_id = ${ctx.workspaceId} and id = ${id}`.execute(tx)
}

export async function deleteSchedule(tx: Tx, ctx: WorkspaceContext, id: ScheduleId): Promise<void> {
  await tx.deleteFrom('schedules').where('workspace_id', '=', ctx.workspaceId).where('id', '=', id).execute()
}

/** The latest slots of a schedule, newest first. */
export async function latestSlots(
  tx: Tx,
  ctx: WorkspaceContext,
  { scheduleId, limit }: { readonly scheduleId: ScheduleId; readonly limit: number },
): Promise<ScheduleSlot[]> {
  const rows = await tx
    .selectFrom('schedule_slots')
    .selectAll()
    .where('workspace_id', '=', ctx.workspaceId)
    .where('schedule_id', '=', scheduleId)
    .orderBy('scheduled_for', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    scheduledFor: row.scheduled_for,
    missedThrough: row.missed_through,
    // The column's check constraint names these.
    state: row.state as SlotState,
    runId: row.run_id === null ? null : asId<RunId>(row.run_id),
    problem: row.problem,
    decidedAt: row.decided_at,
  }))
}

/** The database's clock: no time of a process decides anything here. */
export async function databaseNow(db: Database | Tx): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  if (rows[0] === undefined) throw new TypeError('the clock did not answer')
  return rows[0].now
}

export const scheduleColumns = sql`
  s.workspace_id, s.id, s.name, s.system_key, s.type, s.input, s.cron, s.time_zone, s.catch_up, s.jitter_seconds, s.paused_at,
  s.next_slot_at, s.next_due_at, s.created_by, s.created_at, s.changed_at,
  t.id as tenant_id, t.external_id as tenant_ref, t.name as tenant_name`

export const schedulesWithTenants = sql`
  schedules s left join tenants t on t.workspace_id = s.workspace_id and t.id = s.tenant_id`

export interface ScheduleRow {
  readonly workspace_id: string
  readonly id: string
  readonly name: string
  readonly system_key: string | null
  readonly type: string
  readonly input: unknown
  readonly cron: string
  readonly time_zone: string
  readonly catch_up: CatchUp
  readonly jitter_seconds: number | null
  readonly paused_at: Date | null
  readonly next_slot_at: Date
  readonly next_due_at: Date
  readonly created_by: string
  readonly created_at: Date
  readonly changed_at: Date
  readonly tenant_id: string | null
  readonly tenant_ref: string | null
  readonly tenant_name: string | null
}

export function toSchedule(row: ScheduleRow): Schedule {
  const { tenant_id: tenantId, tenant_ref: ref, tenant_name: tenantName } = row
  return {
    id: asId(row.id),
    name: row.name,
    isSystem: row.system_key !== null,
    type: row.type,
    input: row.input,
    tenant:
      tenantId === null || ref === null || tenantName === null
        ? null
        : { workspaceId: asId(row.workspace_id), id: asId(tenantId), ref: asId(ref), name: tenantName },
    cron: row.cron,
    timeZone: row.time_zone,
    catchUp: row.catch_up,
    jitterSeconds: row.jitter_seconds,
    pausedAt: row.paused_at,
    nextSlotAt: row.next_slot_at,
    nextDueAt: row.next_due_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}

/** Workspaces that do not have all of these schedules of the product. */
export async function workspacesWithout(db: Database, systemKeys: readonly string[]): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ workspace_id: string }>`
    select w.workspace_id from workspaces_without_schedules(${[...systemKeys]}) w`.execute(db)
  return rows.map(({ workspace_id: id }) => asId(id))
}
