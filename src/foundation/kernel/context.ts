import type { ApiKeyId, SessionId, TenantId, TenantRef, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

/** Who acts. `system` is the product itself (scheduler, reconciler, seed). */
export type Actor =
  | { readonly kind: 'user'; readonly userId: UserId; readonly name: string }
  | { readonly kind: 'system'; readonly name: string }

/** What let a request in. Its end ends the request at the next transaction. */
export interface Admission {
  readonly userId: UserId
  /** Of the membership: it grows whenever what the member may do changes. */
  readonly memberVersion: number
  readonly sessionId: SessionId | null
  readonly apiKeyId: ApiKeyId | null
  /** The only tenants whose rows the request sees; null: all of the workspace. */
  readonly tenantIds: readonly TenantId[] | null
}

/** The scope of everything a workspace owns. Every store takes it, every query names it. */
export interface WorkspaceContext {
  readonly workspaceId: WorkspaceId
  readonly actor: Actor
  /** Absent for the product itself and for whoever acts beside the database. */
  readonly admission?: Admission
  /** Of the HTTP request that asked for it, where one did. */
  readonly requestId?: string
}

/** The scope of everything a tenant owns. */
export interface TenantContext extends WorkspaceContext {
  readonly tenantId: TenantId
  readonly tenantRef: TenantRef
  readonly tenantName: string
}
