import { sql } from 'kysely'
import type { InputOf, OperationType } from '#domain/operations/catalog.ts'
import { claimRuns } from '#domain/operations/claim-runs.ts'
import type { RunEnd } from '#domain/operations/end-run.ts'
import { takeLease } from '#domain/operations/lease.ts'
import type { RunHandle, RunResult } from '#domain/operations/operation.ts'
import { trackRun } from '#domain/operations/track-run.ts'
import { createSchedule, type NewScheduleInput } from '#domain/schedules/create-schedule.ts'
import { fireDueSchedules } from '#domain/schedules/fire-due-schedules.ts'
import type { Schedule } from '#domain/schedules/schedule.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { RunId, ScheduleId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'

export const log = createLog({ level: 'silent', pretty: false })

/** Test only: one look of a scheduler. */
export function tick(db: Database): Promise<number> {
  return fireDueSchedules({ db, log, signal: new AbortController().signal })
}

/** Test only: a schedule whose yearly slots are due since so many years, on the first of January; 0: this year's is. */
export async function givenDue(
  db: Database,
  ctx: WorkspaceContext,
  { years = 0, ...input }: Partial<NewScheduleInput> & { readonly years?: number } = {},
): Promise<Schedule> {
  const yearly = { name: `Yearly ${crypto.randomUUID()}`, cron: '0 0 1 1 *', timeZone: 'UTC', jitterSeconds: 0 }
  const schedule = await createSchedule(db, ctx, { ...yearly, ...input })
  await inWorkspace(db, ctx, (tx) => becomeDue(tx, schedule.id, years))
  return schedule
}

export async function becomeDue(db: Database | Tx, scheduleId: ScheduleId, years = 0): Promise<void> {
  await sql`
    update schedules
    set (next_slot_at, next_due_at) = (
      select slot, slot
      from (select date_trunc('year', clock_timestamp(), 'UTC') - make_interval(years => ${years}) as slot) s)
    where id = ${scheduleId}`.execute(db)
}

/** Test only: what the table says of the slots of a schedule, oldest first; years instead of times. */
export async function slotsOf(db: Database, scheduleId: ScheduleId) {
  const rows = await db
    .selectFrom('schedule_slots')
    .select(['scheduled_for', 'missed_through', 'state', 'run_id', 'problem'])
    .where('schedule_id', '=', scheduleId)
    .orderBy('scheduled_for')
    .execute()
  return rows.map(({ scheduled_for: from, missed_through: through, state, run_id: runId, problem }) => ({
    year: from.getUTCFullYear(),
    through: through?.getUTCFullYear() ?? null,
    state,
    runId,
    problem,
  }))
}

/** Test only: claims one run of that type and does it with the handler. */
export async function work<T extends OperationType>(
  db: Database,
  type: T,
  handler: (ctx: never, run: RunHandle<InputOf<T>>) => Promise<RunResult>,
): Promise<RunEnd & { readonly runId: RunId }> {
  const owner = await takeLease(db, 3_600_000)
  const { claims } = await claimRuns(db, { owner, types: [type], free: 1, freeForScheduled: 1, after: null })
  const [claim] = claims
  if (claim === undefined) throw new Error(`no ${type} can be claimed`)
  const { signal } = new AbortController()
  const end = await trackRun({ db, log, signal, leaseSignal: signal }, claim, (run) =>
    handler(claim.ctx as never, run as RunHandle<InputOf<T>>),
  )
  return { ...end, runId: claim.runId }
}
