import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { id, inWorkspace, list, moment, page, paging, several } from '#contract/api/schemas.ts'

const tag = 'audit'
const meta = { access: 'audit.view', effect: 'read', audit: null } as const

const filters = {
  action: several(z.string().max(100)).optional(),
  /** The id of a person. */
  actor: id.optional(),
  actorName: z.string().max(200).optional(),
  subjectKind: z.string().max(100).optional(),
  subjectId: z.string().max(200).optional(),
  tenant: id.optional(),
  run: id.optional(),
  outcome: several(z.string().max(100)).optional(),
  since: moment.optional(),
  until: moment.optional(),
} as const

const hash = z.string().regex(/^[0-9a-f]{64}$/)

const auditEntry = z.object({
  seq: z.number(),
  id,
  at: moment,
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  action: z.string(),
  subject: z.object({ kind: z.string(), id: z.string() }),
  outcome: z.string(),
  tenant: z.object({ id, name: z.string() }).nullable(),
  runId: z.string().nullable(),
  requestId: z.string().nullable(),
  beforeHash: hash.nullable(),
  afterHash: hash.nullable(),
  detail: z.unknown(),
  hash,
})

const exportedEntry = z.object({
  seq: z.number(),
  previousHash: hash,
  hash,
  workspaceId: id,
  id,
  /** UTC, to the microsecond. */
  at: z.string(),
  tenantId: z.string().nullable(),
  actorKind: z.string(),
  actorId: z.string().nullable(),
  actorName: z.string(),
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  runId: z.string().nullable(),
  outcome: z.string(),
  beforeHash: hash.nullable(),
  afterHash: hash.nullable(),
  requestId: z.string().nullable(),
  detail: z.unknown(),
  detailText: z.string(),
})

export const audit = {
  list: procedure(meta, {
    method: 'GET',
    path: '/workspaces/{workspace}/audit',
    summary: 'List the audit log',
    description: 'Newest first.',
    tag,
  })
    .input(z.strictObject({ ...inWorkspace, ...paging, ...filters }))
    .output(page(auditEntry)),
  export: procedure(meta, {
    method: 'GET',
    path: '/workspaces/{workspace}/audit/export',
    summary: 'Export the audit log with everything its hashes are made of',
    description: 'Oldest first, page by page; a page written as JSON lines is what `tenantatlas audit export` writes.',
    tag,
  })
    .input(
      z.strictObject({
        ...inWorkspace,
        ...filters,
        /** The `seq` after which the page begins. */
        after: z.coerce.number<number>().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
        limit: z.coerce.number<number>().int().min(1).max(1_000).default(1_000),
      }),
    )
    .output(z.object({ items: list(exportedEntry), next: z.number().nullable() })),
  checkpoints: procedure(meta, {
    method: 'GET',
    path: '/workspaces/{workspace}/audit/checkpoints',
    summary: 'List what was signed of the audit log',
    description: 'Keep them elsewhere: they show when the tail of the log was cut.',
    tag,
  })
    .input(z.strictObject(inWorkspace))
    .output(
      z.object({
        items: list(
          z.object({
            kind: z.string(),
            workspaceId: id,
            seq: z.number(),
            hash,
            at: moment,
            keyId: z.string(),
            signature: z.string(),
          }),
        ),
      }),
    ),
} as const
