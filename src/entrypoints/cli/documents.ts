/**
 * What `-o json` shows: the contract of the command line with programs. Field names never change, new ones may come;
 * times are ISO 8601 in UTC, a tenant is named by its public id, what is not known is null. `docs/cli.md` describes it.
 */
import { credentialWarnings } from '#domain/connections/credential-warnings.ts'
import type { CredentialWarning } from '#domain/connections/credential-warnings.ts'
import type { ConnectionView } from '#domain/connections/connection.ts'
import type { TenantOverview, Workspace } from '#domain/workspaces/workspace.ts'

export interface WorkspaceDocument {
  readonly id: string
  readonly name: string
  readonly slug: string
}

export function workspaceDocument({ workspaceId, name, slug }: Workspace): WorkspaceDocument {
  return { id: workspaceId, name, slug }
}

export interface TenantDocument {
  readonly id: string
  readonly name: string
  readonly entraTenantId: string
  readonly cloud: string | null
  readonly health: string
  readonly policies: number
  readonly lastSyncAt: string | null
  readonly lastBackupAt: string | null
  readonly activeRuns: number
  readonly createdAt: string
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
  }
}

export interface ConnectionDocument {
  readonly cloud: string
  readonly authorityUrl: string
  readonly graphUrl: string
  readonly changedAt: string
  readonly credentials: readonly {
    readonly purpose: string
    readonly kind: string
    readonly clientId: string
    readonly thumbprint: string | null
    readonly expiresAt: string | null
    readonly createdAt: string
    readonly warnings: readonly CredentialWarning[]
  }[]
}

export function connectionDocument(connection: ConnectionView): ConnectionDocument {
  const now = new Date()
  const { cloud, authorityUrl, graphUrl, changedAt, credentials } = connection
  return {
    cloud,
    authorityUrl,
    graphUrl,
    changedAt: changedAt.toISOString(),
    credentials: credentials.map((credential) => ({
      purpose: credential.purpose,
      kind: credential.kind,
      clientId: credential.clientId,
      thumbprint: credential.thumbprint,
      expiresAt: iso(credential.expiresAt),
      createdAt: credential.createdAt.toISOString(),
      warnings: credentialWarnings(credential, now),
    })),
  }
}

export function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString()
}
