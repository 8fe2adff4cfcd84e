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

export const auditDocument = z.object({
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
export type AuditDocument = z.output<typeof auditDocument>

export const checkpointDocument = z.object({
  workspaceId: id,
  /** `head`: the log ended there when it was signed. `front`: retention removed everything up to it. */
  kind: z.enum(['head', 'front']),
  seq: z.number().int().positive(),
  hash,
  at: moment,
  keyId: z.string().max(100),
  /** Ed25519, base64. */
  signature: z.string().max(200),
})
export type CheckpointDocument = z.output<typeof checkpointDocument>

const problems = {
  /** The first thousand. */
  problems: list(
    z.object({
      kind: z.enum(['missing', 'unexpected', 'changed', 'head', 'front', 'cut', 'rewritten', 'checkpoint']),
      /** Of the entry it is about. */
      seq: z.number(),
      message: z.string(),
    }),
  ),
  /** All of them. */
  problemCount: z.number(),
}

const checked = {
  /** How many checkpoints. */
  checked: z.number(),
  /** The newest that holds. */
  newest: z.object({ seq: z.number(), at: moment }).nullable(),
}

/** What verifying a part of the log found. */
const verifiedPart = z.object({
  entries: z.number(),
  firstSeq: z.number().nullable(),
  lastSeq: z.number().nullable(),
  /** The last entry that retention has removed; 0 for none. */
  removedUpTo: z.number(),
  checkpoints: z.object(checked),
  ...problems,
  /** How many entries the chain says it has. */
  total: z.number(),
  nextCursor: z.string().nullable(),
})
export type VerifiedPart = z.output<typeof verifiedPart>

/** What checkpoints that were kept elsewhere show. */
const keptReport = z.object({ ...checked, ...problems })
export type KeptReport = z.output<typeof keptReport>

const publicKey = z
  .string()
  .min(1)
  .max(200)
  .describe('Of whoever signed: base64, as between the lines of `audit.pub`. Left out: those that the server has.')

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
    .output(page(auditDocument)),
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
    .output(z.object({ items: list(checkpointDocument) })),
  verify: procedure(meta, {
    method: 'GET',
    path: '/workspaces/{workspace}/audit/verification',
    summary: 'Compute the chain of the audit log again and say everything that is wrong with it',
    description:
      'Part by part, at most 5,000 entries each: ask again with `cursor` until `nextCursor` is null, and add the counts of ' +
      'all parts up. The log is whole when no part has a problem.',
    tag,
  })
    .input(
      z.strictObject({
        ...inWorkspace,
        cursor: paging.cursor,
        limit: z.coerce.number<number>().int().min(1).max(5_000).default(5_000),
        publicKey: several(publicKey).optional(),
      }),
    )
    .output(verifiedPart),
  checkKept: procedure(meta, {
    method: 'POST',
    path: '/workspaces/{workspace}/audit/kept-checkpoints',
    summary: 'Compare checkpoints that were kept elsewhere with the audit log',
    description:
      'Changes nothing. Finds what `verify` cannot, when whoever changed the log deleted the checkpoints that lie beside ' +
      'it. Those of other workspaces are left aside.',
    tag,
  })
    .input(
      z.strictObject({
        ...inWorkspace,
        checkpoints: z.array(z.strictObject(checkpointDocument.shape)).min(1).max(500),
        publicKeys: z.array(publicKey).min(1).max(50).optional(),
      }),
    )
    .output(keptReport),
} as const
