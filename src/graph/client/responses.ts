/**
 * The shape of what Graph answers, as far as the product relies on it. Unknown properties pass: the live service returns
 * more than its metadata says. A wrong type in what we rely on makes the whole answer unread, never half-read.
 */
import { z } from 'zod'
import type { GraphObject } from '#graph/client/graph-client.ts'
import type { ErrorBody } from '#graph/client/problems.ts'

const graphObject: z.ZodType<GraphObject> = z.record(z.string(), z.unknown())
const id = z.string().min(1)

export interface Page {
  readonly value: readonly GraphObject[]
  readonly nextLink: string | undefined
}

const page = z.object({ value: z.array(graphObject), '@odata.nextLink': z.string().min(1).nullish() })

const identified = z.looseObject({ id })

const batch = z.object({
  responses: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      status: z.int().min(100).max(599),
      headers: z.record(z.string(), z.union([z.string(), z.number()])).nullish(),
      body: z.unknown(),
    }),
  ),
})

const group = z.looseObject({
  id,
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  membershipRule: z.string().nullish(),
})

const error = z.object({
  error: z.object({
    code: z.string().nullish(),
    message: z.string().nullish(),
    innerError: z.looseObject({ 'request-id': z.string().nullish() }).nullish(),
    innererror: z.looseObject({ 'request-id': z.string().nullish() }).nullish(),
  }),
})

export type BatchPart = z.infer<typeof batch>['responses'][number]
export type DirectoryGroup = z.infer<typeof group>

/** A page of a collection whose rows are just objects: assignments, settings. */
export function parsePage(body: unknown): Page | undefined {
  const parsed = page.safeParse(body)
  if (!parsed.success) return undefined
  return { value: parsed.data.value, nextLink: parsed.data['@odata.nextLink'] ?? undefined }
}

/** An object with an id. */
export function parseIdentified(body: unknown): (GraphObject & { readonly id: string }) | undefined {
  return identified.safeParse(body).data
}

export function parseBatch(body: unknown): readonly BatchPart[] | undefined {
  return batch.safeParse(body).data?.responses
}

export function parseGroup(body: unknown): DirectoryGroup | undefined {
  return group.safeParse(body).data
}

/** What an error body says; Graph spells `innerError` both ways, and a proxy may have answered in its place. */
export function errorBody(body: unknown): ErrorBody {
  const parsed = error.safeParse(body).data?.error
  return {
    code: parsed?.code ?? undefined,
    message: parsed?.message ?? '',
    requestId: parsed?.innerError?.['request-id'] ?? parsed?.innererror?.['request-id'] ?? undefined,
  }
}
