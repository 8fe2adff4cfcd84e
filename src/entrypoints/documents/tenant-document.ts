import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import { iso } from '#entrypoints/documents/iso.ts'

export interface TenantDocument {
  readonly id: string
  readonly name: string
  readonly entraTenantId: string
  readonly cloud: string | null
  readonly health: TenantOverview['health']
  readonly policies: number
  readonly lastSyncAt: string | null
  readonly lastBackupAt: string | null
  readonly activeRuns: number
  readonly createdAt: string
  readonly archivedAt: string | null
}

export function tenantDocument(tenant: TenantOverview): TenantDocument {
  return {
    id: tenant.tenantRef,
    name: tenant.name,
    entraTenantId: tenant.entraTenantId,
    cloud: tenant.cloud,
    health: tenant.health,
    policies: tenant.policies,
    lastSyncAt: iso(tenant.lastSyncAt),
    lastBackupAt: iso(tenant.lastBackupAt),
    activeRuns: tenant.activeRuns,
    createdAt: tenant.createdAt.toISOString(),
    archivedAt: iso(tenant.archivedAt),
  }
}
