import { sql } from 'kysely'
import type { EndingCredential } from '#domain/connections/take-ending-credentials.ts'
import { factsOf, type CredentialFacts } from '#domain/notifications/credential-notice.ts'
import { credentialEvent } from '#domain/notifications/message.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantPlace, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type {
  ChannelId,
  CredentialNoticeId,
  DeliveryId,
  NotificationId,
  TenantId,
  TenantRef,
  UserId,
} from '#foundation/kernel/ids.ts'

/** A credential of which is told, and the row that says so. */
export interface NewNotice extends EndingCredential {
  readonly noticeId: CredentialNoticeId
}

export async function insertNotices(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  notices: readonly NewNotice[],
): Promise<void> {
  const rows = notices.map((notice) => ({
    workspace_id: workspaceId,
    id: notice.noticeId,
    tenant_id: notice.tenantId,
    credential_id: notice.credentialId,
    purpose: notice.purpose,
    kind: notice.kind,
    client_id: notice.clientId,
    expires_at: notice.expiresAt,
    within_days: notice.withinDays,
  }))
  await tx.insertInto('credential_notices').values(rows).execute()
}

/** One for each person who is to be told. */
export async function insertNotifications(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  told: readonly { readonly notice: NewNotice; readonly recipientId: UserId }[],
): Promise<void> {
  const rows = told.map(({ notice, recipientId }) => ({
    workspace_id: workspaceId,
    id: newId<NotificationId>(),
    recipient_id: recipientId,
    event: credentialEvent(notice),
    credential_notice_id: notice.noticeId,
    tenant_id: notice.tenantId,
  }))
  if (rows.length > 0) await tx.insertInto('notifications').values(rows).execute()
}

/** The channels that are told of each of these. */
export async function channelsToldOf(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  notices: readonly NewNotice[],
): Promise<{ readonly noticeId: CredentialNoticeId; readonly channelId: ChannelId }[]> {
  const { rows } = await sql<{ notice_id: string; channel_id: string }>`
    select n.notice_id, c.id as channel_id
    from unnest(${notices.map(({ noticeId }) => noticeId)}::uuid[], ${notices.map(credentialEvent)}::text[],
      ${notices.map(({ tenantId }) => tenantId)}::uuid[]) n (notice_id, event, tenant_id)
    join notification_channels c on c.workspace_id = ${workspaceId} and n.event = any (c.events)
      and (c.all_tenants or exists (
        select from notification_channel_tenants ct
        where ct.workspace_id = ${workspaceId} and ct.channel_id = c.id and ct.tenant_id = n.tenant_id))
    order by n.notice_id, c.id`.execute(tx)
  return rows.map((row) => ({
    noticeId: asId<CredentialNoticeId>(row.notice_id),
    channelId: asId<ChannelId>(row.channel_id),
  }))
}

/** One for each channel that is to be told. */
export async function insertDeliveries(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  told: readonly { readonly notice: NewNotice; readonly channelId: ChannelId }[],
  maxAttempts: number,
): Promise<void> {
  const rows = told.map(({ notice, channelId }) => ({
    workspace_id: workspaceId,
    id: newId<DeliveryId>(),
    channel_id: channelId,
    event: credentialEvent(notice),
    credential_notice_id: notice.noticeId,
    state: 'waiting',
    max_attempts: maxAttempts,
    next_attempt_at: sql<Date>`clock_timestamp()`,
  }))
  if (rows.length > 0) await tx.insertInto('deliveries').values(rows).execute()
}

export interface StoredNotice {
  readonly credential: CredentialFacts
  readonly tenant: TenantPlace
  /** Replaced, removed, or of a tenant that is archived: there is nothing to tell any more. */
  readonly isMoot: boolean
}

/** @throws TypeError when it is gone: what is told of it goes with it */
export async function noticeOf(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  id: CredentialNoticeId,
): Promise<StoredNotice> {
  const row = await tx
    .selectFrom('credential_notices as notice')
    .innerJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'notice.workspace_id').onRef('tenant.id', '=', 'notice.tenant_id'),
    )
    .where('notice.workspace_id', '=', workspaceId)
    .where('notice.id', '=', id)
    .selectAll('notice')
    .select(['tenant.external_id', 'tenant.name', 'tenant.archived_at'])
    .executeTakeFirst()
  if (row === undefined) throw new TypeError('a delivery without what it is about')
  return {
    credential: factsOf(row),
    tenant: {
      workspaceId,
      id: asId<TenantId>(row.tenant_id),
      ref: asId<TenantRef>(row.external_id),
      name: row.name,
    },
    isMoot: row.credential_id === null || row.archived_at !== null,
  }
}
