import { sql } from 'kysely'
import { after } from '#domain/notifications/place.ts'
import type { Place } from '#domain/notifications/place.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { NotificationId, UserId } from '#foundation/kernel/ids.ts'

export interface Inbox {
  readonly ctx: WorkspaceContext
  readonly userId: UserId
}

export function notificationsBefore(
  tx: Tx,
  { ctx, userId }: Inbox,
  { isUnreadOnly, before, limit }: { isUnreadOnly: boolean; before: Place | null; limit: number },
) {
  return notificationsWithSubjects(tx, ctx)
    .where('notification.recipient_id', '=', userId)
    .$if(isUnreadOnly, (q) => q.where('notification.read_at', 'is', null))
    .$if(before !== null, (q) => q.where(after('notification', before ?? { createdAt: '', id: '' })))
    .orderBy('notification.created_at', 'desc')
    .orderBy('notification.id', 'desc')
    .limit(limit)
    .execute()
}

function notificationsWithSubjects(tx: Tx, { workspaceId }: WorkspaceContext) {
  return tx
    .selectFrom('notifications as notification')
    .leftJoin('operation_runs as run', (join) =>
      join.onRef('run.workspace_id', '=', 'notification.workspace_id').onRef('run.id', '=', 'notification.run_id'),
    )
    .leftJoin('credential_notices as credential', (join) =>
      join
        .onRef('credential.workspace_id', '=', 'notification.workspace_id')
        .onRef('credential.id', '=', 'notification.credential_notice_id'),
    )
    .leftJoin('tenants as tenant', (join) =>
      join
        .onRef('tenant.workspace_id', '=', 'notification.workspace_id')
        .onRef('tenant.id', '=', 'notification.tenant_id'),
    )
    .where('notification.workspace_id', '=', workspaceId)
    .selectAll('notification')
    .select([
      'run.type',
      'run.outcome',
      'run.summary_counts',
      'run.failure_summary',
      'credential.purpose',
      'credential.kind',
      'credential.client_id',
      'credential.expires_at',
      'credential.within_days',
      'tenant.external_id as tenant_external_id',
      'tenant.name as tenant_name',
      sql<string>`notification.created_at::text`.as('place'),
    ])
}

/** All that are unread, or that one; resolves to how many were. */
export async function setRead(tx: Tx, { ctx: { workspaceId }, userId }: Inbox, id?: NotificationId): Promise<number> {
  const changed = await tx
    .updateTable('notifications')
    .set({ read_at: sql<Date>`clock_timestamp()` })
    .where('workspace_id', '=', workspaceId)
    .where('recipient_id', '=', userId)
    .where('read_at', 'is', null)
    .$if(id !== undefined, (q) => q.where('id', '=', id ?? ''))
    .executeTakeFirst()
  return Number(changed.numUpdatedRows)
}

/** What these people were told since a moment, oldest first. */
export async function notificationsSince(
  tx: Tx,
  ctx: WorkspaceContext,
  { userIds, since, limit }: { readonly userIds: readonly UserId[]; readonly since: number; readonly limit: number },
) {
  return notificationsWithSubjects(tx, ctx)
    .where('notification.recipient_id', 'in', userIds)
    .where('notification.created_at', '>', sql<Date>`to_timestamp(${since}::numeric / 1000000)`)
    .orderBy('notification.created_at')
    .limit(limit)
    .execute()
}

export async function hasNotification(
  tx: Tx,
  { ctx: { workspaceId }, userId }: Inbox,
  id: NotificationId,
): Promise<boolean> {
  const found = await tx
    .selectFrom('notifications')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('recipient_id', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst()
  return found !== undefined
}

export async function countUnread(tx: Tx, { ctx: { workspaceId }, userId }: Inbox): Promise<number> {
  const { unread } = await tx
    .selectFrom('notifications')
    .select((q) => q.fn.countAll<number>().as('unread'))
    .where('workspace_id', '=', workspaceId)
    .where('recipient_id', '=', userId)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow()
  return unread
}
