/** What several procedures take and answer. Inputs refuse keys they do not know; answers show only what is named here. */
import { z } from 'zod'
import { roles } from '#foundation/kernel/capability.ts'

/** UTC, ISO 8601 with milliseconds. */
export const moment = z.iso.datetime()

export const id = z.uuid()

/** As people type it; how long a new one has to be is another matter. */
export const password = z.string().min(1).max(200)

/** Six digits of an authenticator app, or a recovery code. */
export const factorCode = z.string().min(1).max(40)

/** An id that Microsoft Entra gives, as people paste it. */
export const entraId = z.uuid('must look like 00000000-0000-0000-0000-000000000000')

/** The short name of a workspace in addresses. */
export const workspaceSlug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)

export const role = z.enum(roles)

/** A text a person writes: trimmed, without control characters. */
export function text(max: number) {
  return (
    z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(max, `must have at most ${max} characters`)
      // oxlint-disable-next-line no-control-regex -- control characters are what it refuses
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not have control characters')
  )
}

/** The name of something in Intune, exactly as it is there: blanks at its ends belong to it. */
export const nameInIntune = z.string().min(1).max(500)

/** How many items of a list one answer has at most. */
const pageLimit = z.coerce.number<number>().int().min(1).max(200).default(50)

/** What every list takes. */
export const paging = { cursor: z.string().min(1).max(500).optional(), limit: pageLimit } as const

/** Several of something in an answer. */
export function list<T extends z.ZodType>(item: T) {
  return z.array(item).readonly()
}

/** A list: a page of it and where the next one begins. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: list(item), nextCursor: z.string().nullable() })
}

/** A yes or no in a query. */
export const flag = z.enum(['true', 'false']).transform((word) => word === 'true')

/** Several values in a query: `?status[]=queued&status[]=running`, or one: `?status=queued`. */
export function several<T extends z.ZodType>(one: T) {
  return z.union([one.transform((value) => [value]), z.array(one).min(1).max(50)])
}

export const inWorkspace = { workspace: workspaceSlug } as const
export const inTenant = { workspace: workspaceSlug, tenant: id } as const

/** How documents name the tenant they belong to. */
export const tenantRef = z.object({ id, name: z.string() })

/** What a change without an answer of its own answers. */
export const done = z.object({ ok: z.literal(true) })

/** How a start asks to begin inside the cooldown of its operation, and why: others see it. */
export const override = z.strictObject({ reason: text(500) })

export const startedRun = z.object({
  run: id,
  /** `created`; or `active`, `cooling_down`: the run that holds the identity now. */
  disposition: z.string(),
  /** When the same may be started again, where it cools down. */
  retryAt: moment.nullable(),
})

export type StartedRun = z.output<typeof startedRun>

/** What a start answers: 202 when a run was created, 200 when one was there. */
export const started = z.union([
  z.object({ status: z.literal(202), body: startedRun }),
  z.object({ status: z.literal(200), body: startedRun }),
])
export type Started = z.output<typeof started>
