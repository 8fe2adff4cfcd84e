import type { CredentialFacts } from '#domain/notifications/credential-notice.ts'
import type { Notice } from '#domain/notifications/notice.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { TenantPlace } from '#foundation/kernel/context.ts'
import type { DeliveryId, WorkspaceId } from '#foundation/kernel/ids.ts'

export const events = {
  runCompleted: 'run.completed',
  credentialExpiring: 'credential.expiring',
  credentialExpired: 'credential.expired',
  test: 'channel.test',
} as const
export type NotificationEvent = (typeof events)[keyof typeof events]

/** What a channel may be told of; a test goes to each. */
export const toldEvents = [events.runCompleted, events.credentialExpiring, events.credentialExpired] as const
export type ToldEvent = (typeof toldEvents)[number]

export function credentialEvent({ withinDays }: Pick<CredentialFacts, 'withinDays'>): ToldEvent {
  return withinDays === 0 ? events.credentialExpired : events.credentialExpiring
}

/** What one delivery says, before a transport gives it its form. */
export interface Message {
  /** The same with every try. */
  readonly id: DeliveryId
  readonly event: NotificationEvent
  readonly at: Date
  readonly workspaceId: WorkspaceId
  readonly notice: Notice
  /** Null: a test, or a run of the workspace itself. */
  readonly tenant: TenantPlace | null
  /** Null: not about a run. */
  readonly run: RunView | null
  /** Null: not about a credential. */
  readonly credential: CredentialFacts | null
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
    tone: 'good',
  }
}
