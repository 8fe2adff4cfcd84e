import { recordAudit } from '#domain/audit/record-audit.ts'
import { inboxOf } from '#domain/notifications/inbox.ts'
import { countUnread, hasNotification, setRead } from '#domain/notifications/notifications.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { NotificationId } from '#foundation/kernel/ids.ts'

/**
 * Marks a notification as read by whoever acts; resolves to whether it was unread.
 * @throws Failure `not_found`, also for one of somebody else
 */
export async function markRead(db: Database, ctx: WorkspaceContext, id: NotificationId): Promise<boolean> {
  return inWorkspace(db, ctx, async (tx) => {
    const inbox = inboxOf(ctx)
    if (!(await hasNotification(tx, inbox, id)))
      throw new Failure('not_found', `There is no notification ${id} for you here.`)
    const wasUnread = (await setRead(tx, inbox, id)) > 0
    const subject = { kind: 'notification', id }
    if (wasUnread) await recordAudit(tx, ctx, { action: 'notification.read', subject, outcome: 'succeeded' })
    return wasUnread
  })
}

/** Marks all notifications of whoever acts as read; resolves to how many were unread. */
export async function markAllRead(db: Database, ctx: WorkspaceContext): Promise<number> {
  return inWorkspace(db, ctx, async (tx) => {
    const inbox = inboxOf(ctx)
    const count = await setRead(tx, inbox)
    const subject = { kind: 'user', id: inbox.userId }
    if (count > 0)
      await recordAudit(tx, ctx, { action: 'notification.read_all', subject, outcome: 'succeeded', detail: { count } })
    return count
  })
}

/** How many notifications of whoever acts are unread. */
export async function unreadCount(db: Database, ctx: WorkspaceContext): Promise<number> {
  return inWorkspace(db, ctx, (tx) => countUnread(tx, inboxOf(ctx)))
}
