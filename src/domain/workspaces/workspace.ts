import type { Role } from '#foundation/kernel/capability.ts'
import type { TenantRef, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

export interface Workspace {
  readonly workspaceId: WorkspaceId
  readonly name: string
  readonly slug: string
}

/** A workspace as its members see it. */
export interface WorkspaceView extends Workspace {
  readonly archivedAt: Date | null
  /** Restores that write more policies than this need a second person; null: none does. */
  readonly restoreApprovalLimit: number | null
}

export interface Member {
  readonly userId: UserId
  readonly name: string
  readonly role: Role
}

/** What is known of the way to a tenant: from its connection and the last verification of it. */
export type TenantHealth = 'not_connected' | 'unverified' | 'healthy' | 'limited' | 'failing'

/** One tenant as lists show it. Every date is null until the thing happened once. */
export interface TenantOverview {
  readonly tenantRef: TenantRef
  readonly entraTenantId: string
  readonly name: string
  readonly cloud: string | null
  readonly health: TenantHealth
  /** Policies last observed, without those that vanished. */
  readonly policies: number
  readonly lastSyncAt: Date | null
  readonly lastBackupAt: Date | null
  readonly activeRuns: number
  readonly createdAt: Date
  /** What is archived can be read, and nothing happens to it any more. */
  readonly archivedAt: Date | null
}
