/**
 * The one path to Microsoft Graph, as its callers see it. A caller names a contract and never a URL, and cannot get at
 * a list without being told whether it is complete. `create-graph-client.ts` makes the real thing.
 */
import type { PolicyContract } from '#graph/contracts/contract.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'

/** Why something could not be read or written. Graph's own body is not kept; its ids are. */
export interface GraphProblem {
  readonly code:
    | 'graph_throttled'
    | 'graph_unauthorized'
    | 'graph_forbidden'
    | 'graph_not_found'
    | 'graph_conflict'
    | 'graph_unavailable'
    | 'graph_bad_response'
    | 'graph_refused'
    | 'graph_approval_required'
    | 'graph_write_unknown'
    | 'graph_not_applicable'
  readonly reason: Reason
  /** Sanitized, at most 500 characters, helps the reader act. */
  readonly message: string
  readonly status?: number
  /** Graph's own error code, e.g. `Authorization_RequestDenied`. */
  readonly graphCode?: string
  readonly requestId?: string
  readonly clientRequestId?: string
  readonly retryAfterMs?: number
}

export type Completeness =
  | { readonly state: 'complete' }
  | { readonly state: 'partial'; readonly problems: readonly GraphProblem[] }
  | { readonly state: 'failed'; readonly problem: GraphProblem }

/** A value that was read, or the reason why it is unknown. Unread is not empty. */
export type Read<T> =
  | { readonly state: 'read'; readonly value: T }
  | { readonly state: 'unread'; readonly problem: GraphProblem }

/** An object as Graph returned it, `@odata.type` kept, without the links, contexts and counts the protocol adds. */
export type GraphObject = Readonly<Record<string, unknown>>

export interface PolicyRow {
  readonly id: string
  readonly name: string
  /** The list row, without `assignments`. */
  readonly row: GraphObject
  /** Raw assignments; `unread` also when they were not asked for. */
  readonly assignments: Read<readonly GraphObject[]>
  /** The whole payload by the contract, without assignments; only with `wholePayload`, else `unread`. */
  readonly payload: Read<GraphObject>
}

export interface ReadPoliciesOptions {
  readonly assignments: boolean
  readonly wholePayload: boolean
  /**
   * Ids that were there before. One that a list leaves out is asked for by itself, so that a page Graph lost is not taken
   * for a deletion: what exists is handed on all the same, and the list is called partial.
   */
  readonly known?: Iterable<string>
  readonly signal: AbortSignal
}

export type GroupRead =
  | {
      readonly state: 'found'
      readonly id: string
      readonly name: string
      readonly kind: 'assigned' | 'dynamic'
      readonly membershipRule: string | null
    }
  /** The directory answered and does not have it: deleted, or of another tenant. */
  | { readonly state: 'missing'; readonly id: string }
  | { readonly state: 'unread'; readonly id: string; readonly problem: GraphProblem }

export interface FilterRow {
  readonly id: string
  readonly name: string
  readonly platform: string | null
  readonly rule: string | null
  readonly managementType: string | null
  readonly row: GraphObject
}

export interface ScopeTagRow {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly row: GraphObject
}

/** A message compliance policies send, with its localized versions. */
export interface NotificationTemplateRow {
  readonly id: string
  readonly name: string
  readonly row: GraphObject
}

/** A foundation list: with its completeness, never without. Items of a failed read are not there at all. */
export type Listing<T> =
  | { readonly state: 'complete'; readonly items: readonly T[] }
  | { readonly state: 'partial'; readonly items: readonly T[]; readonly problems: readonly GraphProblem[] }
  | { readonly state: 'failed'; readonly problem: GraphProblem }

export interface GraphReader {
  /**
   * Reads all policies of one type page by page; `onPage` is awaited before the next page is asked for, so memory holds
   * one page. Resolves to how complete the list was; a policy whose assignments or payload failed says so on its row.
   */
  readPolicies(
    contract: PolicyContract,
    options: ReadPoliciesOptions,
    onPage: (rows: readonly PolicyRow[]) => Promise<void>,
  ): Promise<{ readonly completeness: Completeness; readonly count: number }>

  /** Reads some policies by id, 20 a request, with their assignments; `graph_not_found` marks one that vanished. */
  readPoliciesById(
    contract: PolicyContract,
    ids: readonly string[],
    options: ReadPoliciesOptions,
  ): Promise<ReadonlyMap<string, Read<PolicyRow>>>

  /** Reads the assignments of some policies of one type, 20 a request, each with its own outcome. */
  readAssignments(
    contract: PolicyContract,
    ids: readonly string[],
    options: { readonly signal: AbortSignal },
  ): Promise<ReadonlyMap<string, Read<readonly GraphObject[]>>>

  /** Resolves group ids, 1,000 a request; virtual group ids must not be asked for. */
  readGroups(ids: readonly string[], options: { readonly signal: AbortSignal }): Promise<ReadonlyMap<string, GroupRead>>

  readFilters(options: { readonly signal: AbortSignal }): Promise<Listing<FilterRow>>
  readScopeTags(options: { readonly signal: AbortSignal }): Promise<Listing<ScopeTagRow>>
  readNotificationTemplates(options: { readonly signal: AbortSignal }): Promise<Listing<NotificationTemplateRow>>
  /** The organization of the tenant: proves token and reachability. */
  readOrganization(options: {
    readonly signal: AbortSignal
  }): Promise<Read<{ readonly id: string; readonly name: string }>>
  /** Application permissions in the reader's token (`roles` claim), to compare with what the contracts need. */
  grantedPermissions(options: { readonly signal: AbortSignal }): Promise<Read<readonly string[]>>
}

/** Why a write may happen: a restore run that is executing. The egress gate logs it and refuses a write without it. */
export interface WritePermit {
  readonly restoreRunId: string
  readonly runId: string
  /** Sent as `client-request-id`, so the customer finds the write in their own Graph activity log. */
  readonly clientRequestId: string
  /** Sent for Multi Admin Approval; at most 1,024 bytes. */
  readonly justification: string
  /**
   * Awaited last: after pacing and token, right before the first byte. What it throws is rethrown as it is and nothing
   * is sent. The caller commits its intent and checks its lease here, so that waiting for pacing ages neither.
   */
  readonly beforeSend?: () => Promise<void>
  readonly signal: AbortSignal
}

export type WriteResult =
  | { readonly state: 'accepted'; readonly status: number; readonly requestId: string | undefined }
  /** Graph answered and did not apply it, or the request was never sent. */
  | { readonly state: 'refused'; readonly problem: GraphProblem }
  /** Sent, no answer that can be trusted: read back before anything else. */
  | { readonly state: 'unknown'; readonly problem: GraphProblem }
  | { readonly state: 'approval_required'; readonly approvalCode: string | undefined; readonly problem: GraphProblem }

/** Each writing method sends at most one request that changes something; none is ever resent here. */
export interface GraphWriter {
  /**
   * Application permissions in the writer's token (`roles` claim): a plan that could not be written is found before it is
   * confirmed. Sends nothing to Graph; unread with `missing_configuration` when the tenant has no writer credential.
   */
  grantedPermissions(options: { readonly signal: AbortSignal }): Promise<Read<readonly string[]>>
  /** `POST {collection}/{id}/assign` with the whole set. */
  replaceAssignments(
    contract: PolicyContract,
    policyId: string,
    assignments: readonly GraphObject[],
    permit: WritePermit,
  ): Promise<WriteResult>
  /** `POST {collection}/{id}/assignments` with one target. */
  addAssignment(
    contract: PolicyContract,
    policyId: string,
    assignment: GraphObject,
    permit: WritePermit,
  ): Promise<WriteResult>
  /** `DELETE {collection}/{id}/assignments/{assignmentId}`. */
  removeAssignment(
    contract: PolicyContract,
    policyId: string,
    assignmentId: string,
    permit: WritePermit,
  ): Promise<WriteResult>
}

export interface GraphClient {
  readonly reader: GraphReader
  readonly writer: GraphWriter
  /** Requests sent and milliseconds waited since the client was made. */
  readonly stats: () => GraphStats
}

export interface GraphStats {
  readonly requests: number
  readonly reads: number
  readonly writes: number
  readonly retries: number
  readonly throttled: number
  readonly pacingWaitMs: number
  readonly throttleWaitMs: number
}
