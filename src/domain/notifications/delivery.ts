import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ChannelId, CredentialNoticeId, DeliveryId, RunId } from '#foundation/kernel/ids.ts'

/** waiting: not tried yet. failed: tried, and tried again. given_up: not tried again unless somebody asks. */
export type DeliveryState = 'waiting' | 'sending' | 'delivered' | 'failed' | 'given_up'

export interface ChannelKey {
  readonly ctx: WorkspaceContext
  readonly channelId: ChannelId
}

/** A delivery taken to be sent. Whatever is written about it names its attempt: under an older one nothing changes. */
export interface ClaimedDelivery extends ChannelKey {
  readonly id: DeliveryId
  readonly attempt: number
  /** Tries of this round, this one included. */
  readonly tries: number
  readonly event: string
  /** Null: not about a run. */
  readonly runId: RunId | null
  /** Null: not about a credential. */
  readonly noticeId: CredentialNoticeId | null
  readonly createdAt: Date
}

/** What becomes of a delivery after a try; with `failed`, when it is tried again. */
export type DeliveryEnd =
  | { readonly state: 'delivered' | 'given_up' }
  | { readonly state: 'failed'; readonly pauseMs: number }
