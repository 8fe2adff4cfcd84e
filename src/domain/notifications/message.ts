import type { Notice } from '#domain/notifications/run-notice.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { DeliveryId, WorkspaceId } from '#foundation/kernel/ids.ts'

export const events = { runCompleted: 'run.completed', test: 'channel.test' } as const
export type NotificationEvent = (typeof events)[keyof typeof events]

/** What one delivery says, before a transport gives it its form. */
export interface Message {
  /** The same with every try. */
  readonly id: DeliveryId
  readonly event: NotificationEvent
  readonly at: Date
  readonly workspaceId: WorkspaceId
  readonly notice: Notice
  /** Null: a test. */
  readonly run: RunView | null
  /** Where a person sees more. */
  readonly url: string
}

/** What a test says. */
export function testNotice(channel: string): Notice {
  return {
    title: `TenantAtlas reaches "${channel}"`,
    body: 'This is a test. Nothing happened, and there is nothing to do.',
    problems: [],
    next: [],
    isGood: true,
  }
}
