import type { TenantId, TenantRef, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

/** Who acts. `system` is the product itself (scheduler, reconciler, seed). */
export type Actor =
  | { readonly kind: 'user'; readonly userId: UserId; readonly name: string }
  | { readonly kind: 'system'; readonly name: string }

/** The scope of everything a workspace owns. Every store takes it, every query names it. */
export interface WorkspaceContext {
  readonly workspaceId: WorkspaceId
  readonly actor: Actor
  /** Of the HTTP request that asked for it, where one did. */
  readonly requestId?: string
}

/** The scope of everything a tenant owns. */
export interface TenantContext extends WorkspaceContext {
  readonly tenantId: TenantId
  readonly tenantRef: TenantRef
  readonly tenantName: string
}
