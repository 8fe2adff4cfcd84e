/** What several nouns say of a policy and of its assignments. */
import { z } from 'zod'
import { id, list, moment } from '#contract/api/schemas.ts'

/** The key of a policy type; `policy types` lists which there are. */
export const policyType = z.string().min(1).max(100)

const policyRef = {
  id,
  type: z.string(),
  typeLabel: z.string(),
  /** What Microsoft Graph calls it. */
  graphId: z.string(),
  name: z.string(),
  /** Since when the tenant does not have it any more. */
  missingSince: moment.nullable(),
}

export const policyRefDocument = z.object(policyRef)

export type PolicyRefDocument = z.output<typeof policyRefDocument>

export const assignmentsState = z.enum(['read', 'stale', 'unread', 'not_assignable'])

/** How fresh assignments are: `unread` is not "none". */
export const freshnessDocument = z.object({
  state: assignmentsState,
  observedAt: moment.nullable(),
  problem: z.string().nullable(),
})

export type FreshnessDocument = z.output<typeof freshnessDocument>

export const policyDocument = z.object({
  ...policyRef,
  description: z.string().nullable(),
  scopeTagIds: list(z.string()),
  modifiedAt: moment.nullable(),
  observedAt: moment,
  /** `count` is null when they were never read. */
  assignments: freshnessDocument.extend({ count: z.number().nullable() }),
})

export type PolicyDocument = z.output<typeof policyDocument>

export const assignmentTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('group'), groupId: z.string() }),
  z.object({ kind: z.literal('exclusion'), groupId: z.string() }),
  z.object({ kind: z.literal('allUsers') }),
  z.object({ kind: z.literal('allDevices') }),
  z.object({ kind: z.literal('configManagerCollection'), collectionId: z.string() }),
  z.object({
    kind: z.literal('cloudPcGroup'),
    groupId: z.string(),
    servicePlanId: z.string().optional(),
    allotmentDisplayName: z.string().optional(),
    allotmentLicensesCount: z.number().optional(),
  }),
])

/** One assignment: in words, and as it is. */
export const assignmentDocument = z.object({
  words: z.string(),
  target: assignmentTarget,
  group: z
    .object({
      id: z.string(),
      name: z.string().nullable(),
      kind: z.enum(['assigned', 'dynamic']).nullable(),
      isOrphaned: z.boolean(),
    })
    .nullable(),
  filter: z
    .object({
      id: z.string(),
      name: z.string().nullable(),
      mode: z.enum(['include', 'exclude']),
      rule: z.string().nullable(),
      isOrphaned: z.boolean(),
    })
    .nullable(),
  intent: z.string().nullable(),
  /** Of an app, as Microsoft Graph has them. */
  settings: z.unknown(),
  /** Of a remediation, as Microsoft Graph has it. */
  schedule: z.unknown(),
  source: z.enum(['direct', 'policySet']),
})

export type AssignmentDocument = z.output<typeof assignmentDocument>

/** One difference, in words. */
export const diffLine = z.object({ kind: z.enum(['added', 'removed', 'changed']), text: z.string() })
