import { z } from 'zod'
import { procedure, procedureWithStatus } from '#contract/api/procedure.ts'
import { flag, id, inWorkspace, list, moment, override, page, paging, several, started } from '#contract/api/schemas.ts'

const trigger = z.enum(['user', 'schedule', 'api', 'system', 'reconcile'])

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
  trigger,
  context: z.record(z.string(), z.unknown()),
  createdAt: moment,
  startedAt: moment.nullable(),
  completedAt: moment.nullable(),
  retryAt: moment.nullable(),
  freshness: z.string().nullable(),
  freshnessReason: z.string().nullable(),
  held: z.object({ what: z.string(), by: z.string(), reason: z.string() }).nullable(),
  throttledUntil: moment.nullable(),
  /** Somebody wants it to end: it finishes the item it works on. */
  cancelRequested: z.boolean(),
  /** It ended without success, and `retry` starts its operation again as it was. */
  isRetriable: z.boolean(),
})

export type RunDocument = z.output<typeof runDocument>
export type RunFailure = z.output<typeof runFailure>

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

export type RunTimelineEntry = z.output<typeof timelineEntry>

export const runItemDocument = z.object({
  key: z.string(),
  label: z.string().nullable(),
  outcome: z.enum(['planned', 'succeeded', 'failed', 'skipped']),
  counts: z.record(z.string(), z.number()),
  failure: z.object({ code: z.string(), reason: z.string(), message: z.string() }).nullable(),
  updatedAt: moment,
})

export type RunItemDocument = z.output<typeof runItemDocument>

const oneRun = { ...inWorkspace, run: id } as const
const subject = { param: 'run', kind: 'run' } as const
const tag = 'runs'

const filters = z.object({
  status: several(z.enum(['queued', 'running', 'completed'])).optional(),
  outcome: several(z.enum(['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'])).optional(),
  type: several(z.string().max(100)).optional(),
  tenant: id.optional(),
  since: moment.optional(),
  until: moment.optional(),
  mine: flag.optional(),
  trigger: several(trigger).optional(),
  initiator: z.string().min(1).max(200).optional().describe('The name of who started it, whatever its case.'),
  freshness: several(z.enum(['late', 'stuck']))
    .optional()
    .describe('Only runs that have not ended and are like that, however old.'),
})
export type RunFilters = z.output<typeof filters>

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
    .input(z.strictObject({ ...inWorkspace, ...paging, ...filters.shape }))
    .output(page(runDocument)),
  get: procedure(
    { access: 'operations.view', effect: 'read', audit: null, subject },
    { method: 'GET', path: '/workspaces/{workspace}/runs/{run}', summary: 'Show an operation run', tag },
  )
    .input(z.strictObject(oneRun))
    .output(runDocument.extend({ timeline: list(timelineEntry) })),
  items: procedure(
    { access: 'operations.view', effect: 'read', audit: null, subject },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/runs/{run}/items',
      summary: 'List what a run did with each item',
      description: 'By key. An item that was done again shows its last end.',
      tag,
    },
  )
    .input(z.strictObject({ ...oneRun, ...paging }))
    .output(page(runItemDocument)),
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
  retry: procedureWithStatus(
    { access: 'operations.start', effect: 'start', audit: null, subject },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/runs/{run}/retry',
      summary: 'Start the operation of a run that did not succeed again',
      description:
        'With the same input, as a new run that links to this one. 200 with the run that holds the identity when one is ' +
        'active or cooling down; `override` starts it inside the cooldown and asks for `operations.override_cooldown`.',
      tag,
    },
  )
    .input(z.strictObject({ ...oneRun, override: override.optional() }))
    .output(started),
} as const
