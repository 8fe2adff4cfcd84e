import { notificationView, type NotificationView } from '#domain/notifications/list-notifications.ts'
import { notificationsSince } from '#domain/notifications/notifications.store.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, type UserId } from '#foundation/kernel/ids.ts'

export interface SentNotification {
  readonly recipientId: UserId
  readonly notification: NotificationView
}

/** What these people were told since a moment (microseconds since 1970), oldest first; at most `limit`. */
export async function readNotificationsSince(
  tx: Tx,
  ctx: WorkspaceContext,
  wanted: { readonly userIds: readonly UserId[]; readonly since: number; readonly limit: number },
): Promise<SentNotification[]> {
  const rows = await notificationsSince(tx, ctx, wanted)
  return rows.map((row) => ({ recipientId: asId(row.recipient_id), notification: notificationView(row) }))
}
