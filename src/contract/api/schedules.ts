import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, flag, id, inTenant, inWorkspace, list, moment, page, paging, text } from '#contract/api/schemas.ts'

const tag = 'schedules'

export const scheduleDocument = z.object({
  id,
  name: z.string(),
  type: z.string(),
  label: z.string(),
  /** Null: all tenants of the workspace, or an operation of the workspace itself. */
  tenant: z.object({ id, name: z.string() }).nullable(),
  isSystem: z.boolean(),
  cron: z.string(),
  timeZone: z.string(),
  catchUp: z.string(),
  jitterSeconds: z.number().nullable(),
  nextSlotAt: moment.nullable(),
  nextDueAt: moment.nullable(),
  pausedAt: moment.nullable(),
  createdBy: z.string(),
  createdAt: moment,
  changedAt: moment,
})
export type ScheduleDocument = z.output<typeof scheduleDocument>

const slotDocument = z.object({
  scheduledFor: moment,
  missedThrough: moment.nullable(),
  state: z.string(),
  runId: id.nullable(),
  problem: z.string().nullable(),
  decidedAt: moment,
})
export type SlotDocument = z.output<typeof slotDocument>

const scheduleDetail = scheduleDocument.extend({ nextSlots: list(moment), latestSlots: list(slotDocument) })
export type ScheduleDetailDocument = z.output<typeof scheduleDetail>

const times = {
  cron: z.string().max(200).describe('Minute, hour, day of month, month, day of week.'),
  timeZone: z.string().max(100).describe('Of the IANA database, such as Europe/Berlin.'),
  catchUp: z.enum(['once', 'never']),
  jitterSeconds: z.number().int().min(0).max(86_400),
} as const
const definition = {
  name: text(100),
  cron: times.cron,
  timeZone: times.timeZone,
  type: z.string().max(100).default('backup.capture').describe('The operation it starts.'),
  note: text(500).optional().describe('The note of every backup.'),
  catchUp: times.catchUp.optional(),
  jitterSeconds: times.jitterSeconds.optional(),
} as const
const one = { ...inWorkspace, schedule: id } as const
const subject = { param: 'schedule', kind: 'schedule' } as const
const onePath = '/workspaces/{workspace}/schedules/{schedule}'

export const schedules = {
  list: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/schedules',
      summary: 'List schedules and when they start next',
      description: "By name. TenantAtlas' own come last, when asked for.",
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, ...paging, system: flag.optional() }))
    .output(page(scheduleDocument)),
  createForTenant: procedure(
    { access: 'schedules.manage', effect: 'change', audit: 'schedule.create' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/schedules',
      summary: 'Make a schedule for a tenant',
      tag,
      successStatus: 201,
    },
  )
    .input(z.strictObject({ ...inTenant, ...definition }))
    .output(scheduleDetail),
  createForAll: procedure(
    { access: 'schedules.manage', effect: 'change', audit: 'schedule.create' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/schedules',
      summary: 'Make a schedule for all tenants, also those that come later',
      tag,
      successStatus: 201,
    },
  )
    .input(z.strictObject({ ...inWorkspace, ...definition }))
    .output(scheduleDetail),
  get: procedure(
    { access: 'operations.view', effect: 'read', audit: null, subject },
    {
      method: 'GET',
      path: onePath,
      summary: 'Show a schedule, its next times and what became of the latest ones',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(scheduleDetail),
  change: procedure(
    { access: 'schedules.manage', effect: 'change', audit: 'schedule.change', subject, ifMatch: true },
    {
      method: 'PATCH',
      path: onePath,
      summary: 'Change name or times of a schedule',
      description: 'What is left out stays as it is. Its next start is the first by the new times.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...one,
        name: text(100).optional(),
        cron: times.cron.optional(),
        timeZone: times.timeZone.optional(),
        catchUp: times.catchUp.optional(),
        jitterSeconds: times.jitterSeconds
          .nullable()
          .optional()
          .describe('Null: a tenth of the interval, at most 15 minutes.'),
      }),
    )
    .output(scheduleDetail),
  pause: procedure(
    { access: 'schedules.manage', effect: 'change', audit: 'schedule.pause', subject },
    {
      method: 'POST',
      path: `${onePath}/pause`,
      summary: 'Start nothing of a schedule until it is resumed; what runs goes on',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(scheduleDetail),
  resume: procedure(
    { access: 'schedules.manage', effect: 'change', audit: 'schedule.resume', subject },
    {
      method: 'POST',
      path: `${onePath}/resume`,
      summary: 'Let a paused schedule start again, from its next time on',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(scheduleDetail),
  remove: procedure(
    { access: 'schedules.manage', effect: 'change', audit: 'schedule.remove', subject },
    {
      method: 'DELETE',
      path: onePath,
      summary: 'Remove a schedule with the record of its slots; the runs it started stay',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(done),
} as const
