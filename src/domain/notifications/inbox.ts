import type { Inbox } from '#domain/notifications/notifications.store.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

/** Notifications are a person's: the product itself has none. */
export function inboxOf(ctx: WorkspaceContext): Inbox {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new TypeError('notifications of nobody')
  return { ctx, userId: actor.userId }
}
