import { z } from 'zod'
import { diffLine, policyType } from '#contract/api/policy-documents.ts'
import { procedure, procedureWithStatus } from '#contract/api/procedure.ts'
import {
  id,
  inTenant,
  inWorkspace,
  list,
  moment,
  page,
  paging,
  started,
  startedRun,
  tenantRef,
  text,
} from '#contract/api/schemas.ts'

const tag = 'restores'
const subject = { param: 'restore', kind: 'restore' } as const
const oneRestore = { ...inWorkspace, restore: id } as const
const mode = z.enum(['replace', 'merge', 'removeExtra'])
const planHash = z.string().regex(/^[\da-f]{64}$/i)
const itemPlan = z.enum(['write', 'no_change', 'skip'])
const itemState = z.enum([
  'planned',
  'sending',
  'verified',
  'no_change',
  'conflict',
  'failed',
  'unknown',
  'awaiting_approval',
  'skipped',
])

export const restoreDocument = z.object({
  id,
  tenant: tenantRef,
  state: z.enum(['draft', 'checked', 'previewed', 'queued', 'running', 'completed', 'partial', 'failed', 'cancelled']),
  mode,
  backupSetId: id.nullable(),
  undoOf: id.nullable(),
  /** Policies that were equal already are left out of the plan. */
  onlyChanged: z.boolean(),
  /** Of what will be written; to be named when the plan is approved or applied. Null until there is a preview. */
  planHash: z.string().nullable(),
  /** The second person that a large restore needs. */
  approval: z.object({
    /** `given` also where it was not needed. Whoever gave it cannot be who applies it. Null until there is a preview. */
    state: z.enum(['not_needed', 'needed', 'given']).nullable(),
    /** Plans that write more policies than this need one; null: none does. */
    limit: z.number().nullable(),
    given: list(
      z.object({
        by: z.object({ id, name: z.string() }),
        at: moment,
        reason: z.string().nullable(),
        /** False once whoever gave it may not any more: then it counts for nothing. */
        stands: z.boolean(),
      }),
    ),
  }),
  checks: list(
    z.object({
      id: z.string(),
      /** A blocking one must be mended before the plan can be applied. */
      severity: z.enum(['blocking', 'warning', 'ok']),
      reason: z.string(),
      message: z.string(),
      count: z.number(),
    }),
  ),
  previewRunId: id.nullable(),
  /** The run that applies it. */
  runId: id.nullable(),
  createdBy: z.string(),
  confirmedBy: z.string().nullable(),
  createdAt: moment,
  previewedAt: moment.nullable(),
  confirmedAt: moment.nullable(),
  completedAt: moment.nullable(),
})

export type RestoreDocument = z.output<typeof restoreDocument>

export const restoreItemDocument = z.object({
  type: z.string(),
  typeLabel: z.string(),
  graphId: z.string(),
  name: z.string(),
  plan: itemPlan,
  state: itemState,
  diff: list(diffLine),
  previewHash: z.string().nullable(),
  desiredHash: z.string().nullable(),
  foundHash: z.string().nullable(),
  /** Whether something of it may have reached the tenant. */
  written: z.enum(['no', 'yes', 'unknown']),
  recovered: z.boolean(),
  approvalCode: z.string().nullable(),
  reason: z.string().nullable(),
  message: z.string().nullable(),
})

export type RestoreItemDocument = z.output<typeof restoreItemDocument>

const restoreDetailDocument = restoreDocument.extend({
  counts: z.object({
    byPlan: z.object({ write: z.number(), no_change: z.number(), skip: z.number() }),
    byState: z.partialRecord(itemState, z.number()),
  }),
  /** Of the whole plan, or a page of it. */
  items: list(restoreItemDocument),
})

export type RestoreDetailDocument = z.output<typeof restoreDetailDocument>

/** A plan that is being made: its restore, and the run that makes its preview. */
const planned = z.object({ status: z.literal(202), body: startedRun.extend({ restore: id }) })

export type PlannedRestore = z.output<typeof planned>

export const restores = {
  list: procedure(
    { access: 'backups.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/tenants/{tenant}/restores',
      summary: 'List restores of a tenant',
      description: 'Newest first.',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, ...paging }))
    .output(page(restoreDocument)),
  plan: procedureWithStatus(
    { access: 'restore.plan', effect: 'start', audit: null },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/restores',
      summary: 'Plan a restore of assignments; writes nothing to the tenant',
      description:
        'Starts the run that makes the preview. From the latest backup one can restore from, and of every policy that ' +
        'differs, unless asked otherwise.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inTenant,
        backup: id.optional(),
        mode: mode.default('replace').describe('What to do with assignments the backup lacks.'),
        policies: z
          .array(z.strictObject({ type: policyType, graphId: z.string().min(1).max(200) }))
          .min(1)
          .max(2_000)
          .optional(),
        types: z.array(policyType).min(1).max(100).optional(),
      }),
    )
    .output(planned),
  get: procedure(
    { access: 'backups.view', effect: 'read', audit: null, subject },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/restores/{restore}',
      summary: 'Show a plan, or what became of it',
      description: '`items` is a page of its policies, in the order of the plan.',
      tag,
    },
  )
    .input(z.strictObject({ ...oneRestore, ...paging, plan: itemPlan.optional() }))
    .output(restoreDetailDocument.extend({ nextCursor: z.string().nullable() })),
  apply: procedureWithStatus(
    { access: 'restore.execute', effect: 'start', audit: 'restore.confirm', subject, stepUp: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/restores/{restore}/apply',
      summary: 'Apply a reviewed plan: write to the tenant',
      description:
        'Exactly the plan of that hash; one that changed meanwhile is refused. One that writes more policies than the ' +
        'workspace lets one person write needs the approval of somebody else first. Applied again, the same run.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...oneRestore,
        planHash,
        confirm: z.string().max(500).describe('The name of the tenant, typed.'),
        reviewed: z.literal(true).describe('You have reviewed the impact.'),
      }),
    )
    .output(started),
  approve: procedure(
    { access: 'restore.approve', effect: 'change', audit: 'restore.approve', subject, stepUp: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/restores/{restore}/approve',
      summary: 'Approve a reviewed plan, so that somebody else may apply it',
      description:
        'Exactly the plan of that hash. For people, not for API keys, and not at the console of the host. Whoever ' +
        'approves cannot be who applies. Approved again, nothing changes.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...oneRestore,
        planHash,
        reviewed: z.literal(true).describe('You have reviewed the impact.'),
        reason: text(500).optional().describe('Others see it.'),
      }),
    )
    .output(restoreDocument),
  undo: procedureWithStatus(
    { access: 'restore.plan', effect: 'start', audit: null, subject },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/restores/{restore}/undo',
      summary: 'Plan the way back of an applied restore',
      description: 'Applied like any other plan.',
      tag,
    },
  )
    .input(z.strictObject(oneRestore))
    .output(planned),
} as const
