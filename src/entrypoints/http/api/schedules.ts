import { changeSchedule } from '#domain/schedules/change-schedule.ts'
import { createSchedule } from '#domain/schedules/create-schedule.ts'
import { listSchedules } from '#domain/schedules/list-schedules.ts'
import { pauseSchedule, resumeSchedule } from '#domain/schedules/pause-schedule.ts'
import { removeSchedule } from '#domain/schedules/remove-schedule.ts'
import type { Schedule } from '#domain/schedules/schedule.ts'
import { inputWithNote } from '#domain/schedules/schedule-input.ts'
import { showSchedule } from '#domain/schedules/show-schedule.ts'
import { given } from '#foundation/kernel/given.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { ScheduleId } from '#foundation/kernel/ids.ts'
import { scheduleDetailDocument, scheduleDocument } from '#entrypoints/documents/schedule-document.ts'
import type { ScheduleDocument } from '#entrypoints/documents/schedule-document.ts'
import { tenantOf, workspaceOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { etagOf, requireMatch } from '#entrypoints/http/api/etag.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const schedules = {
  list: os.schedules.list.handler(async ({ context, input: { system, limit, cursor } }) => {
    const { items, nextCursor } = await listSchedules(context.db, workspaceOf(context), {
      withSystem: system === true,
      limit,
      ...(cursor !== undefined && { cursor }),
    })
    return { items: items.map(scheduleDocument), nextCursor }
  }),
  createForTenant: os.schedules.createForTenant.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    return shown(context, await createSchedule(context.db, tenant, { ...definitionOf(input), tenant }))
  }),
  createForAll: os.schedules.createForAll.handler(async ({ context, input }) =>
    shown(context, await createSchedule(context.db, workspaceOf(context), definitionOf(input))),
  ),
  get: os.schedules.get.handler(async ({ context, input }) => shown(context, { id: input.schedule })),
  change: os.schedules.change.handler(async ({ context, input }) => {
    const { schedule, name, cron, timeZone, catchUp, jitterSeconds } = input
    const changes = given({ name, cron, timeZone, catchUp, jitterSeconds })
    const wanted = { scheduleId: asId<ScheduleId>(schedule), ...changes }
    const check = (current: Schedule) => requireMatch(context, changeable(scheduleDocument(current)))
    return shown(context, await changeSchedule(context.db, workspaceOf(context), wanted, check))
  }),
  pause: os.schedules.pause.handler(async ({ context, input }) =>
    shown(context, await pauseSchedule(context.db, workspaceOf(context), asId(input.schedule))),
  ),
  resume: os.schedules.resume.handler(async ({ context, input }) =>
    shown(context, await resumeSchedule(context.db, workspaceOf(context), asId(input.schedule))),
  ),
  remove: os.schedules.remove.handler(async ({ context, input }) => {
    await removeSchedule(context.db, workspaceOf(context), asId(input.schedule))
    return { ok: true }
  }),
}

interface Definition {
  readonly name: string
  readonly cron: string
  readonly timeZone: string
  readonly type: string
  readonly note?: string | undefined
  readonly catchUp?: 'once' | 'never' | undefined
  readonly jitterSeconds?: number | undefined
}

function definitionOf({ name, cron, timeZone, type, note, catchUp, jitterSeconds }: Definition) {
  const input = inputWithNote(type, note)
  return { name, cron, timeZone, type, input, ...given({ catchUp, jitterSeconds }) }
}

async function shown(context: ApiContext, { id }: { readonly id: string }) {
  const view = await showSchedule(context.db, workspaceOf(context), { scheduleId: asId(id) })
  const document = scheduleDetailDocument(view)
  context.answer.set('ETag', etagOf(changeable(document)))
  return document
}

/** What a person changes of a schedule. Its next times move by themselves and are no reason to refuse. */
function changeable({ id, name, cron, timeZone, catchUp, jitterSeconds, pausedAt, changedAt }: ScheduleDocument) {
  return { id, name, cron, timeZone, catchUp, jitterSeconds, pausedAt, changedAt }
}
