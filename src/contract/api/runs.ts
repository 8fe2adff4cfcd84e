import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { flag, id, inWorkspace, list, moment, page, paging, several } from '#contract/api/schemas.ts'

export const runFailure = z.object({
  code: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  sample: z.string().nullable(),
  next: z.string().nullable(),
})

export const runDocument = z.object({
  id,
  type: z.string(),
  label: z.string(),
  tenant: z.object({ id, name: z.string() }).nullable(),
  status: z.enum(['queued', 'running', 'completed']),
  outcome: z.enum(['pending', 'succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled']),
  counts: z.record(z.string(), z.number()),
  failures: list(runFailure),
  progress: z.object({ processed: z.number(), total: z.number().nullable(), step: z.string().nullable() }).nullable(),
  attempts: z.number(),
  initiator: z.string(),
  trigger: z.enum(['user', 'schedule', 'api', 'system', 'reconcile']),
  context: z.record(z.string(), z.unknown()),
  createdAt: moment,
  startedAt: moment.nullable(),
  completedAt: moment.nullable(),
  retryAt: moment.nullable(),
  freshness: z.string().nullable(),
  freshnessReason: z.string().nullable(),
  held: z.object({ what: z.string(), by: z.string(), reason: z.string() }).nullable(),
  throttledUntil: moment.nullable(),
})

const failed = z.object({ reason: z.string(), message: z.string() })

export const timelineEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created'), at: moment, by: z.string(), trigger: z.string() }),
  z.object({ kind: z.literal('cooldown_overridden'), at: moment, by: z.string(), reason: z.string().nullable() }),
  z.object({
    kind: z.literal('attempt'),
    at: moment,
    attempt: z.number(),
    worker: z.string().nullable(),
    endedAt: moment.nullable(),
    end: z.string().nullable(),
    failure: failed.nullable(),
    nextAt: moment.nullable(),
  }),
  z.object({ kind: z.literal('requeued'), at: moment }),
  z.object({ kind: z.literal('cancel_requested'), at: moment, by: z.string() }),
  z.object({ kind: z.literal('ended'), at: moment, outcome: z.string() }),
])

const oneRun = { ...inWorkspace, run: id } as const
const subject = { param: 'run', kind: 'run' } as const
const tag = 'runs'

export const runs = {
  list: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/runs',
      summary: 'List operation runs',
      description: 'Newest first; without `since`, those of the last 30 days.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inWorkspace,
        ...paging,
        status: several(z.enum(['queued', 'running', 'completed'])).optional(),
        outcome: several(z.enum(['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'])).optional(),
        type: several(z.string().max(100)).optional(),
        tenant: id.optional(),
        since: moment.optional(),
        until: moment.optional(),
        mine: flag.optional(),
      }),
    )
    .output(page(runDocument)),
  get: procedure(
    { access: 'operations.view', effect: 'read', audit: null, subject },
    { method: 'GET', path: '/workspaces/{workspace}/runs/{run}', summary: 'Show an operation run', tag },
  )
    .input(z.strictObject(oneRun))
    .output(runDocument.extend({ timeline: list(timelineEntry) })),
  cancel: procedure(
    { access: 'operations.cancel', effect: 'change', audit: 'run.cancel', subject },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/runs/{run}/cancel',
      summary: 'Cancel an operation run',
      description: 'A queued run ends at once; a running one finishes its current item and stops.',
      tag,
    },
  )
    .input(z.strictObject(oneRun))
    .output(z.object({ disposition: z.enum(['cancelled', 'requested']) })),
} as const
