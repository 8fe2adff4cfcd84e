import type { Change } from '../state/change.ts'
import type { GraphObject, SimObject, SimTenant } from '../world.ts'
import { badRequest } from './graph-error.ts'
import type { Query } from './query.ts'
import type { Reply } from './reply.ts'

/** Who calls: what the access token says. */
export interface Caller {
  readonly clientId: string
  readonly appName: string
  readonly roles: readonly string[]
}

export type Version = 'beta' | 'v1.0'

/** One request to Graph, or one part of a `$batch`, after sign-in. */
export interface GraphCall {
  readonly tenant: SimTenant
  readonly caller: Caller
  readonly version: Version
  readonly method: string
  /** Below the version, decoded, split at slashes: `['deviceManagement', 'configurationPolicies', …]`. */
  readonly segments: readonly string[]
  readonly query: Query
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  /** Scheme and host the client asked, for links. */
  readonly origin: string
  readonly requestId: string
  readonly clientRequestId: string
  /** The simulator's time. */
  readonly now: number
  readonly service: ServiceState
}

/** What the service keeps beside the tenant itself. */
export interface ServiceState {
  /** Rows a page holds at most, whatever the client asks for. */
  readonly pageSize: number
  /** The object as it reads now: for a while after a write possibly as it was before. */
  view(object: SimObject): SimObject
  auditEvents(tenant: SimTenant): readonly GraphObject[]
  approvalRequests(tenant: SimTenant): readonly GraphObject[]
}

/** What the service answers, and what it changes on the way. Whether and when the change happens is decided later. */
export interface Outcome {
  readonly reply: Reply
  readonly changes: readonly Change[]
  /** Worded for the audit log; every change has one. */
  readonly activity?: Activity
}

export interface Activity {
  /** `Create`, `Patch`, `Delete`, `Action`. */
  readonly operation: string
  /** Such as `Patch DeviceManagementConfigurationPolicy`. */
  readonly type: string
  readonly component: string
  readonly resource: { readonly id: string; readonly name: string; readonly type: string }
}

export function answer(reply: Reply): Outcome {
  return { reply, changes: [] }
}

/** The path as Graph writes it into contexts: joined again, without a leading slash. */
export function pathOf(call: GraphCall): string {
  return call.segments.map(encodeURIComponent).join('/')
}

/** The body as an object. @throws GraphError 400 */
export function bodyObject(call: GraphCall): GraphObject {
  const { body } = call
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as GraphObject
  throw badRequest('Empty Payload. JSON content expected.')
}
