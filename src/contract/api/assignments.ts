import { z } from 'zod'
import {
  assignmentDocument,
  assignmentsState,
  diffLine,
  freshnessDocument,
  policyRefDocument,
  policyType,
} from '#contract/api/policy-documents.ts'
import { procedure, procedureWithStatus } from '#contract/api/procedure.ts'
import { id, inTenant, list, moment, override, page, paging, started, text } from '#contract/api/schemas.ts'

const tag = 'assignments'
const read = { access: 'inventory.view', effect: 'read', audit: null } as const
const onePolicy = { ...inTenant, policy: id } as const

const policyOfGroup = z.object({ policy: policyRefDocument, assignment: assignmentDocument, state: assignmentsState })

export type PolicyOfGroupDocument = z.output<typeof policyOfGroup>

const policyDiffDocument = z.object({
  policy: policyRefDocument,
  freshness: freshnessDocument,
  unchanged: z.number(),
  lines: list(diffLine),
})

export type PolicyDiffDocument = z.output<typeof policyDiffDocument>

export const assignments = {
  show: procedure(read, {
    method: 'GET',
    path: '/workspaces/{workspace}/tenants/{tenant}/policies/{policy}/assignments',
    summary: 'Show the assignments of a policy as last observed',
    description: '`assignments` is null when they were never read, which is not "none".',
    tag,
  })
    .input(z.strictObject(onePolicy))
    .output(
      z.object({
        policy: policyRefDocument,
        freshness: freshnessDocument,
        /** Of the set, SHA-256. */
        hash: z.string().nullable(),
        assignments: list(assignmentDocument).nullable(),
      }),
    ),
  diff: procedure(
    { ...read, access: 'backups.view' },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/tenants/{tenant}/policies/{policy}/assignments/diff',
      summary: 'Compare the assignments of a policy as last observed with a backup or another policy',
      description: 'With the latest backup one can restore from, unless asked otherwise.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...onePolicy,
        backup: id.optional(),
        with: id.optional().describe('Another policy, instead of a backup.'),
      }),
    )
    .output(policyDiffDocument),
  explain: procedure(read, {
    method: 'GET',
    path: '/workspaces/{workspace}/tenants/{tenant}/policies/{policy}/explanation',
    summary: 'Say in words who gets a policy',
    tag,
  })
    .input(z.strictObject(onePolicy))
    .output(
      z.object({
        policy: policyRefDocument,
        freshness: freshnessDocument,
        /** To read from top to bottom. */
        sentences: list(z.string()),
        includes: list(assignmentDocument),
        excludes: list(assignmentDocument),
      }),
    ),
  explainGroup: procedure(read, {
    method: 'GET',
    path: '/workspaces/{workspace}/tenants/{tenant}/groups/{group}/explanation',
    summary: 'Show which policies reach a group',
    description:
      'By the id of the group in Microsoft Entra, or its name: 404 says what was perhaps meant, 409 `ambiguous` which there ' +
      'are. `includedBy` and `excludedBy` are pages of one list.',
    tag,
  })
    .input(z.strictObject({ ...inTenant, ...paging, group: text(256) }))
    .output(
      z.object({
        group: z.object({
          id: z.string(),
          name: z.string().nullable(),
          kind: z.enum(['assigned', 'dynamic']).nullable(),
          membershipRule: z.string().nullable(),
          missingSince: moment.nullable(),
        }),
        includedBy: list(policyOfGroup),
        /** An exclusion wins: these do not reach its members, whatever else they include. */
        excludedBy: list(policyOfGroup),
        /** Policies that reach its members because they reach everybody. */
        everybody: z.object({ allUsers: z.number(), allDevices: z.number() }),
        /** Policies whose assignments were never read. */
        unread: z.number(),
        nextCursor: z.string().nullable(),
      }),
    ),
  orphans: procedure(read, {
    method: 'GET',
    path: '/workspaces/{workspace}/tenants/{tenant}/orphaned-assignments',
    summary: 'List assignments to groups and filters that were deleted',
    tag,
  })
    .input(z.strictObject({ ...inTenant, ...paging }))
    .output(
      page(
        z.object({
          policy: policyRefDocument,
          words: z.string(),
          lost: z.object({
            kind: z.enum(['group', 'filter']),
            id: z.string(),
            name: z.string().nullable(),
            since: moment,
          }),
        }),
      ),
    ),
  fetch: procedureWithStatus(
    { access: 'inventory.sync', effect: 'start', audit: null },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/assignments/fetch',
      summary: 'Read assignments anew from the tenant: of policies, of types, or of all',
      description:
        'Starts a run. The same can start again 15 minutes after its end; `override` with a reason starts it ' +
        'sooner and asks for the capability `operations.override_cooldown`.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inTenant,
        policies: z.array(id).min(1).max(1_000).optional(),
        types: z.array(policyType).min(1).max(100).optional(),
        override: override.optional(),
      }),
    )
    .output(started),
} as const
