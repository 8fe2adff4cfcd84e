/** Faults as data: which requests, how often, and what goes wrong. */
import { z } from 'zod'

const seconds = z.number().nonnegative()

/** `{ date: 30 }` is an HTTP date 30 seconds away. */
const retryAfter = z.union([seconds, z.strictObject({ date: seconds })])

export const effectSchema = z.discriminatedUnion('kind', [
  /** Answers with an error. `applied`: a write takes effect all the same. `blocks`: calls before Retry-After get 429. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfter: retryAfter.optional(),
    code: z.string().optional(),
    message: z.string().optional(),
    applied: z.boolean().default(false),
    blocks: z.boolean().default(true),
  }),
  /** Cuts the connection: nothing applied; applied just after the cut; applied, then cut. */
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['beforeApply', 'duringApply', 'afterApply']) }),
  z.strictObject({ kind: z.literal('delay'), ms: z.int().positive() }),
  z.strictObject({ kind: z.literal('slowBody'), bytesPerSecond: z.int().positive().default(1) }),
  /** A body that never ends: as fast as it is read, or so many bytes a second. */
  z.strictObject({ kind: z.literal('endlessBody'), bytesPerSecond: z.int().positive().optional() }),
  z.strictObject({ kind: z.literal('malformedJson') }),
  z.strictObject({ kind: z.literal('html'), status: z.int().default(200) }),
  /** Numbers where texts belong and texts where lists belong. */
  z.strictObject({ kind: z.literal('wrongTypes') }),
  /** `value`, `assignments` and other lists are null. */
  z.strictObject({ kind: z.literal('nullArrays') }),
  z.strictObject({ kind: z.literal('dropNextLink') }),
  /** The next link leads to the same page again. */
  z.strictObject({ kind: z.literal('repeatNextLink') }),
  z.strictObject({ kind: z.literal('foreignNextLink'), host: z.string().default('graph.example.invalid') }),
  /** A page without rows whose next link leads on. */
  z.strictObject({ kind: z.literal('emptyPage') }),
  /** Expanded assignments are cut short and say so with `assignments@odata.nextLink`. */
  z.strictObject({ kind: z.literal('truncatedExpand'), keep: z.int().nonnegative().default(1) }),
  z.strictObject({
    kind: z.literal('partialBatch'),
    missing: z.int().nonnegative().default(0),
    doubled: z.int().nonnegative().default(0),
    shuffled: z.boolean().default(true),
  }),
  /** A write is answered as usual and takes effect later. */
  z.strictObject({ kind: z.literal('applyLate'), ms: z.int().positive() }),
  /** A write is answered as usual and never takes effect. */
  z.strictObject({ kind: z.literal('ignoreWrite') }),
  /** After a write, so many reads of the object show what was before. */
  z.strictObject({ kind: z.literal('staleReads'), reads: z.int().positive() }),
  /** The token endpoint refuses, such as 7000215 or 700027; match it with `kind: 'token'` or `'signIn'`. */
  z.strictObject({
    kind: z.literal('tokenError'),
    code: z.int().positive(),
    error: z.string().default('invalid_client'),
    status: z.int().default(401),
  }),
])

export type Effect = z.infer<typeof effectSchema>

export const faultSchema = z.strictObject({
  id: z.string().min(1).optional(),
  match: z
    .strictObject({
      /** `signIn`: pages of Entra, discovery and keys. */
      kind: z.enum(['graph', 'token', 'signIn']).default('graph'),
      method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']).optional(),
      /** With the version, without the query; `*` is one segment, `**` any number. */
      path: z.string().startsWith('/').optional(),
      /** Part of the query string, decoded. */
      query: z.string().optional(),
      /** Id, name or domain. */
      tenant: z.string().optional(),
      /** Client id or name. */
      app: z.string().optional(),
      /** Such as `/deviceManagement/configurationPolicies`. */
      collection: z.string().startsWith('/').optional(),
      /** Requests by themselves and batches, or parts of a batch. */
      in: z.enum(['any', 'outer', 'inner']).default('any'),
    })
    .default({ kind: 'graph', in: 'any' }),
  /** Matches that pass before the first one is hit. */
  after: z.int().nonnegative().default(0),
  /** How many are hit; null: all. */
  count: z.int().positive().nullable().default(1),
  probability: z.number().min(0).max(1).default(1),
  /** Makes `probability` repeatable. */
  seed: z.int().default(1),
  effect: effectSchema,
})

export const faultPlanSchema = z.strictObject({ faults: z.array(faultSchema) })

export type Fault = z.infer<typeof faultSchema>
export type FaultPlan = z.infer<typeof faultPlanSchema>
/** As a plan is written: everything with a default may be left out. */
export type FaultPlanInput = z.input<typeof faultPlanSchema>

/** One line per mistake, with the path of the field. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'the plan'}: ${message}`).join('\n')
}
