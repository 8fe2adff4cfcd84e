import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, id, inTenant, inWorkspace, list, moment, text } from '#contract/api/schemas.ts'

const tag = 'queue'

const pause = z.object({ by: z.string(), at: moment, reason: z.string() })

const laneDocument = z.object({
  /** Null: the runs of the workspace itself. */
  tenant: z.object({ id, name: z.string() }).nullable(),
  waiting: z.number(),
  delayed: z.number(),
  running: z.number(),
  limit: z.number(),
  pause: pause.nullable(),
  throttledUntil: moment.nullable(),
  oldestWaitingAt: moment.nullable(),
})
export type LaneDocument = z.output<typeof laneDocument>

const pausedTypeDocument = pause.extend({ type: z.string(), label: z.string() })
export type PausedTypeDocument = z.output<typeof pausedTypeDocument>

export const queueDocument = z.object({
  /** Some worker process takes runs; while none does, all wait. */
  hasWorkers: z.boolean(),
  lanes: list(laneDocument),
  pausedTypes: list(pausedTypeDocument),
})

const reason = text(500).describe('Why: others see it where they wait.')
const limit = z.number().int().min(1).max(16)
const oneType = { ...inWorkspace, type: z.string().max(100) } as const

export const queue = {
  show: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/queue',
      summary: 'Show what waits and runs per tenant, and what is paused, throttled or limited',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(queueDocument),
  pauseTenant: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'lane.pause' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/queue/pause',
      summary: 'Hold back the waiting runs of a tenant',
      description: 'What runs goes on; starts are still taken and wait. What is paused keeps its first pause.',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, reason }))
    .output(done),
  resumeTenant: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'lane.resume' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/queue/resume',
      summary: 'Let the waiting runs of a tenant start again',
      tag,
    },
  )
    .input(z.strictObject(inTenant))
    .output(done),
  limitTenant: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'lane.limit' },
    {
      method: 'PUT',
      path: '/workspaces/{workspace}/tenants/{tenant}/queue/limit',
      summary: 'Set how many runs of a tenant work at once',
      description: '1 unless set. A lower limit ends nothing: it holds from the next one on.',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, limit }))
    .output(done),
  pauseWorkspace: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'lane.pause' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/queue/pause',
      summary: 'Hold back the waiting runs of the workspace itself, which belong to no tenant',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, reason }))
    .output(done),
  resumeWorkspace: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'lane.resume' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/queue/resume',
      summary: 'Let the waiting runs of the workspace itself start again',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(done),
  limitWorkspace: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'lane.limit' },
    {
      method: 'PUT',
      path: '/workspaces/{workspace}/queue/limit',
      summary: 'Set how many runs of the workspace itself work at once',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, limit }))
    .output(done),
  pauseType: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'type.pause' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/queue/types/{type}/pause',
      summary: 'Hold back the waiting runs of an operation in all tenants',
      tag,
    },
  )
    .input(z.strictObject({ ...oneType, reason }))
    .output(done),
  resumeType: procedure(
    { access: 'operations.manage', effect: 'change', audit: 'type.resume' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/queue/types/{type}/resume',
      summary: 'Let the waiting runs of an operation start again',
      tag,
    },
  )
    .input(z.strictObject(oneType))
    .output(done),
} as const
