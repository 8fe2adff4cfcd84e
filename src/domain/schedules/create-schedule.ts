import { recordAudit } from '#domain/audit/record-audit.ts'
import {
  nameTaken,
  nextSlotOf,
  requireInput,
  requireJitter,
  requireName,
  requireSchedulable,
} from '#domain/schedules/define-schedule.ts'
import { describeSchedule } from '#domain/schedules/describe-schedule.ts'
import type { CatchUp, Schedule } from '#domain/schedules/schedule.ts'
import { databaseNow, insertSchedule, scheduleById } from '#domain/schedules/schedules.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId, type ScheduleId } from '#foundation/kernel/ids.ts'

export interface NewScheduleInput {
  readonly name: string
  /** Five fields. */
  readonly cron: string
  /** Of the IANA database, such as Europe/Berlin. */
  readonly timeZone: string
  /** Default `backup.capture`. */
  readonly type?: string
  readonly input?: unknown
  /** Absent: all tenants of the workspace, also those that come later. */
  readonly tenant?: TenantContext
  /** Default `once`. */
  readonly catchUp?: CatchUp
  /** Over how many seconds starts are spread; default a tenth of the interval, at most 15 minutes. */
  readonly jitterSeconds?: number
}

/**
 * Makes a schedule. Its first slot is the first one after now.
 * @throws Failure `invalid_input` naming the field, `conflict` when the name is taken
 */
export async function createSchedule(db: Database, ctx: WorkspaceContext, input: NewScheduleInput): Promise<Schedule> {
  const { tenant } = input
  const type = requireSchedulable(input.type ?? 'backup.capture', tenant === undefined ? 'allTenants' : 'tenant')
  const definition = {
    id: newId<ScheduleId>(),
    name: requireName(input.name),
    type,
    input: requireInput(type, input.input ?? {}),
    cron: input.cron.trim(),
    timeZone: input.timeZone.trim(),
    catchUp: input.catchUp ?? 'once',
    jitterSeconds: requireJitter(input.jitterSeconds ?? null),
    tenant: tenant === undefined ? null : tenant.place,
  }
  return inWorkspace(db, ctx, async (tx) => {
    const next = nextSlotOf(ctx.workspaceId, definition, await databaseNow(tx))
    const row = { ...definition, tenantId: definition.tenant?.id ?? null, systemKey: null, next, by: ctx.actor }
    if (!(await insertSchedule(tx, ctx, row))) throw nameTaken(definition.name)
    const schedule = await scheduleById(tx, ctx, definition.id)
    if (schedule === undefined) throw new TypeError('a schedule that was just made is not there')
    await recordAudit(tx, tenant ?? ctx, {
      action: 'schedule.create',
      subject: { kind: 'schedule', id: schedule.id },
      outcome: 'succeeded',
      ...describeSchedule(null, schedule),
    })
    return schedule
  })
}
