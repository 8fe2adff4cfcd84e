import { z } from 'zod'
import { diffLine, policyType } from '#contract/api/policy-documents.ts'
import { procedure, procedureWithStatus } from '#contract/api/procedure.ts'
import {
  id,
  inTenant,
  inWorkspace,
  list,
  moment,
  nameInIntune,
  page,
  paging,
  several,
  started,
  tenantRef,
  text,
} from '#contract/api/schemas.ts'

const tag = 'backups'
const subject = { param: 'backup', kind: 'backup' } as const
const oneBackup = { ...inWorkspace, backup: id } as const
const read = { access: 'backups.view', effect: 'read', audit: null } as const

const state = z.enum(['capturing', 'complete', 'partial', 'failed'])

/** How much of one policy type a set holds. */
const completeness = z.object({
  type: z.string(),
  /** `not_applicable`: the tenant does not have this type at all, for lack of a licence. */
  state: z.enum(['complete', 'partial', 'failed', 'not_applicable']),
  captured: z.number(),
  /** Listed but not read whole. */
  unread: z.number(),
  problems: list(z.object({ reason: z.string(), message: z.string(), count: z.number() })),
  /** What Microsoft Graph never returns. */
  neverReturned: list(z.string()),
})

export type CompletenessDocument = z.output<typeof completeness>

export const backupDocument = z.object({
  id,
  tenant: tenantRef,
  state,
  note: z.string().nullable(),
  runId: id,
  createdBy: z.string(),
  createdAt: moment,
  completedAt: moment.nullable(),
  verification: z.object({ at: moment, damagedItems: z.number() }).nullable(),
  /** A pinned set is never pruned. */
  pinned: z.object({ at: moment, by: z.string() }).nullable(),
  completeness: list(completeness),
})

export type BackupDocument = z.output<typeof backupDocument>

export const backupDetailDocument = backupDocument.extend({
  counts: z.object({ policies: z.number(), unread: z.number(), foundations: z.number() }),
  /** The first hundred. */
  unreadItems: list(z.object({ type: z.string(), graphId: z.string(), name: z.string(), problem: z.string() })),
})

export type BackupDetailDocument = z.output<typeof backupDetailDocument>

const difference = z.object({
  type: z.string(),
  typeLabel: z.string(),
  graphId: z.string(),
  name: z.string(),
  /** What could not be read is `unknown`, which is no difference. */
  state: z.enum(['changed', 'deleted', 'new', 'unknown']),
  lines: list(diffLine),
  since: moment.nullable(),
  problem: z.string().nullable(),
})

export type DifferenceDocument = z.output<typeof difference>

const backupDiffDocument = z.object({
  backupSetId: id,
  /** Policies this page went over. */
  compared: z.number(),
  unchanged: z.number(),
  differences: list(difference),
})

export type BackupDiffDocument = z.output<typeof backupDiffDocument>

const pruneDocument = z.object({
  id,
  state,
  createdAt: moment,
  isRemoved: z.boolean(),
  /** Null when it is removed. */
  keptBecause: z.enum(['capturing', 'pinned', 'newest', 'in_use', 'keep_last', 'keep_days', 'no_rule']).nullable(),
})

export type PruneDocument = z.output<typeof pruneDocument>

/** What a rule keeps, in a body and in a query. */
const rule = (number: z.ZodNumber) => ({
  keepLast: number.int().min(1).max(10_000).optional(),
  keepDays: number.int().min(1).max(3_650).optional(),
})

export const backups = {
  list: procedure(read, {
    method: 'GET',
    path: '/workspaces/{workspace}/tenants/{tenant}/backups',
    summary: 'List backup sets of a tenant',
    description: 'Newest first.',
    tag,
  })
    .input(
      z.strictObject({
        ...inTenant,
        ...paging,
        state: several(state)
          .optional()
          .describe('`complete` and `partial`: the first one is the latest to restore from.'),
        run: id.optional().describe('The set that this run captured.'),
      }),
    )
    .output(page(backupDocument)),
  create: procedureWithStatus(
    { access: 'backups.manage', effect: 'start', audit: null },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/backups',
      summary: 'Back up a tenant, read live',
      description: 'Starts a run; the backup set has it as `runId`.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inTenant,
        note: text(500).optional(),
        types: z.array(policyType).min(1).max(100).optional().describe('Only these policy types.'),
      }),
    )
    .output(started),
  get: procedure(
    { ...read, subject },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/backups/{backup}',
      summary: 'Show a backup set and how complete it is',
      tag,
    },
  )
    .input(z.strictObject(oneBackup))
    .output(backupDetailDocument),
  findPolicy: procedure(
    { ...read, subject },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/backups/{backup}/named-policy',
      summary: 'Find the policy of a backup set that people mean by a name or an id',
      description:
        'By its Graph id or its exact name: also one that the tenant has lost since. 409 `ambiguous` says which there are.',
      tag,
    },
  )
    .input(z.strictObject({ ...oneBackup, name: nameInIntune }))
    .output(z.object({ type: z.string(), typeLabel: z.string(), graphId: z.string(), name: z.string() })),
  diff: procedure(
    { ...read, subject },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/backups/{backup}/diff',
      summary: 'Compare a backup set with what was last observed',
      description: 'Observe the tenant first to compare with what is live. The counts of all pages make the whole.',
      tag,
    },
  )
    .input(z.strictObject({ ...oneBackup, ...paging }))
    .output(backupDiffDocument.extend({ nextCursor: z.string().nullable() })),
  verify: procedureWithStatus(
    { access: 'backups.view', effect: 'start', audit: null, subject },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/backups/{backup}/verify',
      summary: 'Hash every snapshot of a backup set again',
      description: 'Starts a run that reports what is damaged.',
      tag,
    },
  )
    .input(z.strictObject(oneBackup))
    .output(started),
  pin: procedure(
    { access: 'backups.manage', effect: 'change', audit: 'backup.pin', subject },
    {
      method: 'PUT',
      path: '/workspaces/{workspace}/backups/{backup}/pin',
      summary: 'Keep a backup set whatever the retention rules say',
      tag,
    },
  )
    .input(z.strictObject(oneBackup))
    .output(backupDetailDocument),
  unpin: procedure(
    { access: 'backups.manage', effect: 'change', audit: 'backup.unpin', subject },
    {
      method: 'DELETE',
      path: '/workspaces/{workspace}/backups/{backup}/pin',
      summary: 'Leave a backup set to the retention rules again',
      tag,
    },
  )
    .input(z.strictObject(oneBackup))
    .output(backupDetailDocument),
  prunePlan: procedure(read, {
    method: 'GET',
    path: '/workspaces/{workspace}/tenants/{tenant}/pruning',
    summary: 'Show which backup sets of a tenant no rule keeps',
    description:
      'Without a rule, by those of the workspace. A set that any rule keeps is kept; pinned sets, the newest, and those ' +
      'a restore refers to always are.',
    tag,
  })
    .input(
      z.strictObject({
        ...inTenant,
        ...paging,
        ...rule(z.coerce.number<number>()),
      }),
    )
    .output(
      page(pruneDocument).extend({
        /** Of all pages. */
        removed: z.number(),
      }),
    ),
  prune: procedureWithStatus(
    { access: 'retention.manage', effect: 'start', audit: null, stepUp: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/pruning',
      summary: 'Remove the backup sets of a tenant that no rule keeps, for good',
      description: 'Starts a run. Look at the plan first: `reviewed` says that you have.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inTenant,
        ...rule(z.number()),
        reviewed: z.literal(true),
      }),
    )
    .output(started),
} as const
