/** App registrations: their ids and secrets follow from the tenant, so a restarted simulator has the same. */
import { createHash } from 'node:crypto'
import type { FederatedTrust, SimApp, SimTenant } from '../world.ts'

export const readAll = [
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementApps.Read.All',
  'DeviceManagementServiceConfig.Read.All',
  'DeviceManagementScripts.Read.All',
  'DeviceManagementRBAC.Read.All',
  'CloudPC.Read.All',
  'GroupMember.Read.All',
  'Directory.Read.All',
]

export const writeAll = [
  'DeviceManagementConfiguration.ReadWrite.All',
  'DeviceManagementApps.ReadWrite.All',
  'DeviceManagementServiceConfig.ReadWrite.All',
  'DeviceManagementScripts.ReadWrite.All',
  'DeviceManagementRBAC.ReadWrite.All',
  'CloudPC.ReadWrite.All',
  'GroupMember.Read.All',
]

/** Every tenant starts with these two: one that may read everything, one that may write everything of Intune. */
export function registerUsualApps(tenant: SimTenant): void {
  registerApp(tenant, { name: 'reader', permissions: readAll })
  registerApp(tenant, { name: 'writer', permissions: writeAll })
}

export interface AppRequest {
  readonly name: string
  readonly permissions: readonly string[]
  readonly secret?: string | undefined
  /** Default: what is granted. */
  readonly requests?: readonly string[] | undefined
  readonly isMultiTenant?: boolean | undefined
  readonly redirectUris?: readonly string[] | undefined
  readonly certificatePem?: string | undefined
  readonly federated?: FederatedTrust | undefined
  /** False: the limits do not apply to it. */
  readonly throttle?: boolean | undefined
}

/** Registers an app, or replaces the one of that name: same id, other permissions and credentials. */
export function registerApp(
  tenant: SimTenant,
  { name, permissions, secret, certificatePem, federated, throttle, requests, isMultiTenant, redirectUris }: AppRequest,
): SimApp {
  const { id, usualSecret } = identityOf(tenant.id, name)
  const hasUsualSecret = certificatePem === undefined && federated === undefined
  const app: SimApp = {
    clientId: id,
    name,
    secret: secret ?? (hasUsualSecret ? usualSecret : null),
    certificates: certificatePem === undefined ? [] : [certificatePem],
    ...(federated && { federated }),
    permissions,
    requests: requests ?? permissions,
    homeTenantId: tenant.id,
    isMultiTenant: isMultiTenant ?? false,
    redirectUris: redirectUris ?? [],
    isThrottled: throttle ?? true,
  }
  tenant.apps.set(app.clientId, app)
  return app
}

/** Id and secret of what has this name in a tenant: always the same ones. */
export function identityOf(tenantId: string, name: string): { readonly id: string; readonly usualSecret: string } {
  const digest = createHash('sha256').update(`${tenantId} ${name}`).digest('hex')
  return { id: uuidFrom(digest), usualSecret: `sim~${digest.slice(32, 64)}` }
}

/** The registration of an app, by its client id: where its credentials and redirect URIs are. */
export function findRegistration(tenants: ReadonlyMap<string, SimTenant>, clientId: string): SimApp | undefined {
  const registeredIn = (tenant: SimTenant) => {
    const app = tenant.apps.get(clientId.toLowerCase())
    return app?.homeTenantId === tenant.id ? app : undefined
  }
  return tenants
    .values()
    .map(registeredIn)
    .find((app) => app !== undefined)
}

/** An administrator grants an app what it asks for: it is an app of that tenant from now on. */
export function consentTo(tenant: SimTenant, app: SimApp): void {
  tenant.apps.set(app.clientId, { ...app, permissions: app.requests })
}

function uuidFrom(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
