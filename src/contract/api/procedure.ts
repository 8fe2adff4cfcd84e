/**
 * What every procedure of the HTTP API says of itself beside its path, input and output. The server decides by it who may
 * call, the OpenAPI document prints it, and the tests of authorization, audit and fuzzing walk over it.
 */
import { oc } from '@orpc/contract'
import type { Route } from '@orpc/contract'
import type { Capability } from '#foundation/kernel/capability.ts'

/** Who may call: anybody, whoever is signed in, a platform operator, or a member with that capability. */
export type Access = 'public' | 'signed_in' | 'platform' | Capability

export interface ProcedureMeta {
  readonly access: Access
  /** `start`: it starts or reuses an operation run. */
  readonly effect: 'read' | 'change' | 'start'
  /** The action of the one audit entry a change writes; null where it changes nothing of a workspace. */
  readonly audit: string | null
  /** Its path names a tenant, which decides what the caller may do; derived from the path. */
  readonly tenantInPath?: true
  /** The path parameter that names a record whose tenant decides what the caller may do. */
  readonly subject?: { readonly param: string; readonly kind: 'run' | 'backup' | 'restore' | 'schedule' | 'onboarding' }
  /** It asks for a proof of who the person is that is at most five minutes old. */
  readonly stepUp?: true
  /** The change asks for the record's ETag in If-Match. */
  readonly ifMatch?: true
  /** It is for what is archived: everything else only reads there. */
  readonly changesArchived?: true
  /** The answer holds a secret that is shown once, so it is never kept for an Idempotency-Key. */
  readonly answersSecret?: true
}

interface Place {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, with parameters in braces. */
  readonly path: `/${string}`
  readonly summary: string
  readonly description?: string
  readonly tag: string
  /** Default 200. */
  readonly successStatus?: number
}

/** A procedure to which input and output are added. */
export function procedure(meta: ProcedureMeta, place: Place) {
  return oc.$meta<ProcedureMeta>(withTenant(meta, place.path)).route(routeOf(place))
}

/** The same with a status of its own in each answer: `{ status, body }`. */
export function procedureWithStatus(meta: ProcedureMeta, place: Omit<Place, 'successStatus'>) {
  return oc.$meta<ProcedureMeta>(withTenant(meta, place.path)).route({ ...routeOf(place), outputStructure: 'detailed' })
}

function routeOf({ tag, ...place }: Place): Route {
  return { ...place, tags: [tag] }
}

function withTenant(meta: ProcedureMeta, path: string): ProcedureMeta {
  return path.includes('/tenants/{tenant}') ? { ...meta, tenantInPath: true } : meta
}
