/** What the control API takes, one schema per request. */
import { z } from 'zod'

const properties = z.record(z.string(), z.unknown())

const assignment = z.looseObject({
  target: z.looseObject({ '@odata.type': z.string().startsWith('#microsoft.graph.') }),
  source: z.enum(['direct', 'policySets']).optional(),
  sourceId: z.string().optional(),
})

const sub = z.record(z.string(), z.array(properties))

const at = { collection: z.string().startsWith('/'), id: z.string().min(1) }

/** A change made in the portal, behind the back of whoever uses Graph: no permission, limit or rule stands in its way. */
export const portalChangeSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('setAssignments'), ...at, assignments: z.array(assignment) }),
  z.strictObject({ action: z.literal('updateObject'), ...at, properties: properties.default({}), sub: sub.optional() }),
  z.strictObject({ action: z.literal('deleteObject'), ...at }),
  z.strictObject({
    action: z.literal('createObject'),
    collection: at.collection,
    /** Default: a new GUID. */
    id: at.id.optional(),
    properties,
    assignments: z.array(assignment).default([]),
    sub: sub.default({}),
  }),
  z.strictObject({ action: z.literal('deleteFilter'), id: at.id }),
  z.strictObject({ action: z.literal('deleteGroup'), id: at.id }),
  z.strictObject({ action: z.literal('renameGroup'), id: at.id, displayName: z.string().min(1) }),
  z.strictObject({
    action: z.literal('createGroup'),
    id: at.id.optional(),
    displayName: z.string().min(1),
    membershipRule: z.string().nullable().default(null),
    users: z.int().nonnegative().default(0),
    devices: z.int().nonnegative().default(0),
    memberGroups: z.array(z.string()).default([]),
  }),
])

export const portalChangesSchema = z.strictObject({ changes: z.array(portalChangeSchema).min(1) })

export type PortalChange = z.infer<typeof portalChangeSchema>
export type PortalChangeInput = z.input<typeof portalChangeSchema>

export const appRequestSchema = z.strictObject({
  name: z.string().min(1),
  permissions: z.array(z.string()),
  secret: z.string().min(1).optional(),
  certificatePem: z.string().startsWith('-----BEGIN CERTIFICATE-----').optional(),
  federated: z
    .strictObject({
      issuer: z.string().min(1),
      subject: z.string().min(1),
      publicKeyPem: z.string().startsWith('-----BEGIN PUBLIC KEY-----'),
    })
    .optional(),
  throttle: z.boolean().optional(),
  requests: z.array(z.string()).optional(),
  isMultiTenant: z.boolean().optional(),
  redirectUris: z.array(z.string().regex(/^https?:\/\//)).optional(),
})

export const decisionSchema = z.strictObject({ decision: z.enum(['approve', 'reject']) })
