/** App registrations: their ids and secrets follow from the tenant, so a restarted simulator has the same. */
import { createHash } from 'node:crypto'
import type { FederatedTrust, SimApp, SimTenant } from '../world.ts'

const readAll = [
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementApps.Read.All',
  'DeviceManagementServiceConfig.Read.All',
  'DeviceManagementScripts.Read.All',
  'DeviceManagementRBAC.Read.All',
  'CloudPC.Read.All',
  'GroupMember.Read.All',
  'Directory.Read.All',
]

const writeAll = [
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
  readonly certificatePem?: string | undefined
  readonly federated?: FederatedTrust | undefined
  /** False: the limits do not apply to it. */
  readonly throttle?: boolean | undefined
}

/** Registers an app, or replaces the one of that name: same id, other permissions and credentials. */
export function registerApp(
  tenant: SimTenant,
  { name, permissions, secret, certificatePem, federated, throttle }: AppRequest,
): SimApp {
  const digest = createHash('sha256').update(`${tenant.id} ${name}`).digest('hex')
  const usualSecret = certificatePem === undefined && federated === undefined ? `sim~${digest.slice(32, 64)}` : null
  const app: SimApp = {
    clientId: uuidFrom(digest),
    name,
    secret: secret ?? usualSecret,
    certificates: certificatePem === undefined ? [] : [certificatePem],
    ...(federated && { federated }),
    permissions,
    isThrottled: throttle ?? true,
  }
  tenant.apps.set(app.clientId, app)
  return app
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
