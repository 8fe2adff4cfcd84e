import { randomBytes, randomUUID } from 'node:crypto'

declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type WorkspaceId = Id<'workspace'>
export type UserId = Id<'user'>
/** The internal id of a tenant; people and the API see `external_id` (`TenantRef`). */
export type TenantId = Id<'tenant'>
/** The public id and route key of a tenant: a UUID v4 of ours, never Microsoft's. */
export type TenantRef = Id<'tenantRef'>
export type ConnectionId = Id<'connection'>
export type CredentialId = Id<'credential'>
export type CredentialNoticeId = Id<'credentialNotice'>
export type PolicyId = Id<'policy'>
export type RunId = Id<'run'>
export type WorkerId = Id<'worker'>
export type SnapshotId = Id<'snapshot'>
export type BackupSetId = Id<'backupSet'>
export type RestoreRunId = Id<'restoreRun'>
export type RestoreItemId = Id<'restoreItem'>
export type NotificationId = Id<'notification'>
export type ChannelId = Id<'channel'>
export type DeliveryId = Id<'delivery'>
export type ScheduleId = Id<'schedule'>
export type SessionId = Id<'session'>
export type ApiKeyId = Id<'apiKey'>
export type InvitationId = Id<'invitation'>
export type OperatorId = Id<'operator'>
export type OnboardingId = Id<'onboarding'>

/** A new UUID v7 (RFC 9562): time-ordered, so rows made together lie together. */
export function newId<T extends Id<string>>(): T {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return asId(`${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`)
}

/** A new public id of a tenant: UUID v4, so it says nothing about when it was made. */
export function newTenantRef(): TenantRef {
  return asId(randomUUID())
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(text: string): boolean {
  return uuid.test(text)
}

/**
 * Names a text as an id of one kind. Safe where the text comes from a column of that kind or was just made;
 * input from outside goes through `isUuid` or a schema first.
 */
export function asId<T extends Id<string>>(text: string): T {
  return text as T
}
