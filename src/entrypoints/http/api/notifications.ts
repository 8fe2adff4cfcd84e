import { listNotifications } from '#domain/notifications/list-notifications.ts'
import { markAllRead, markRead, unreadCount } from '#domain/notifications/read-notifications.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { notificationDocument } from '#entrypoints/documents/notification-document.ts'
import { workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const notifications = {
  list: os.notifications.list.handler(async ({ context, input: { unread, cursor, limit } }) => {
    const { items, nextCursor } = await listNotifications(context.db, workspaceOf(context), {
      isUnreadOnly: unread === true,
      limit,
      ...(cursor !== undefined && { cursor }),
    })
    return { items: items.map(notificationDocument), nextCursor }
  }),
  unreadCount: os.notifications.unreadCount.handler(async ({ context }) => ({
    unread: await unreadCount(context.db, workspaceOf(context)),
  })),
  read: os.notifications.read.handler(async ({ context, input }) => ({
    wasUnread: await markRead(context.db, workspaceOf(context), asId(input.notification)),
  })),
  readAll: os.notifications.readAll.handler(async ({ context }) => ({
    read: await markAllRead(context.db, workspaceOf(context)),
  })),
}
