import { z } from 'zod'
import {
  assignmentDocument,
  freshnessDocument,
  policyDocument,
  policyRefDocument,
  policyType,
} from '#contract/api/policy-documents.ts'
import { procedure } from '#contract/api/procedure.ts'
import { id, inTenant, list, nameInIntune, page, paging, several, text } from '#contract/api/schemas.ts'

const tag = 'policies'

export const policyTypeDocument = z.object({
  type: z.string(),
  label: z.string(),
  platform: z.string(),
  canFetch: z.boolean(),
  canRestore: z.enum(['full', 'perTarget', 'previewOnly', 'no']),
  /** How far a wrong write reaches. */
  risk: z.enum(['low', 'medium', 'high']),
  /** Of Microsoft Graph. */
  permissions: z.object({ read: list(z.string()), write: list(z.string()) }),
})

export const policies = {
  list: procedure(
    { access: 'inventory.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/tenants/{tenant}/policies',
      summary: 'List policies of a tenant as last observed',
      description: 'Those that are there, by name, unless asked otherwise. A cursor belongs to the order it came with.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inTenant,
        ...paging,
        type: several(policyType).optional(),
        search: text(200).optional().describe('Only names with this text, whatever its case.'),
        name: nameInIntune.optional().describe('Only policies of exactly this name, whatever its case.'),
        graphId: text(200).optional().describe('Only the policy that Microsoft Graph calls that.'),
        state: z.enum(['present', 'assigned', 'unassigned', 'stale', 'unread', 'missing', 'all']).default('present'),
        sort: z.enum(['name', 'modified', 'observed']).default('name'),
      }),
    )
    .output(page(policyDocument)),
  get: procedure(
    { access: 'inventory.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/tenants/{tenant}/policies/{policy}',
      summary: 'Show a policy and who it is assigned to',
      description: '`assignments` is null when they were never read, which is not "none".',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, policy: id }))
    .output(
      policyRefDocument.extend({
        scopeTags: list(z.object({ id: z.string(), name: z.string().nullable() })),
        freshness: freshnessDocument,
        assignments: list(assignmentDocument).nullable(),
      }),
    ),
  find: procedure(
    { access: 'inventory.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/tenants/{tenant}/named-policy',
      summary: 'Find the policy that people mean by a name or an id',
      description:
        'By its id, its Graph id or its exact name; by a name that differs in case only, when it is the only one. One that ' +
        'vanished is found by id, and by name when no other has it. 404 says what was perhaps meant, 409 `ambiguous` ' +
        'which there are.',
      tag,
    },
  )
    .input(z.strictObject({ ...inTenant, name: nameInIntune, type: several(policyType).optional() }))
    .output(policyRefDocument),
  types: procedure(
    { access: 'signed_in', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/policy-types',
      summary: 'List policy types and what can be done with each',
      description: 'The same for every workspace and tenant.',
      tag,
    },
  ).output(z.object({ items: list(policyTypeDocument) })),
} as const
