import type { ChannelKind, ChannelSettings, ChannelView, EndedOutcome } from '#domain/notifications/channel.ts'
import type { ToldEvent } from '#domain/notifications/message.ts'
import { iso } from '#entrypoints/documents/iso.ts'

/** A channel as programs see it: nothing that is secret of it. */
export interface ChannelDocument {
  readonly id: string
  readonly name: string
  readonly kind: ChannelKind
  readonly settings: WithoutKind<ChannelSettings>
  readonly events: readonly ToldEvent[]
  readonly outcomes: readonly EndedOutcome[]
  /** Null: all, and runs of the workspace itself. */
  readonly tenants: readonly { readonly id: string; readonly name: string }[] | null
  readonly pausedAt: string | null
  readonly createdAt: string
  readonly changedAt: string
}

type WithoutKind<S> = S extends unknown ? Omit<S, 'kind'> : never

export function channelDocument(channel: ChannelView): ChannelDocument {
  const { kind, ...settings } = channel.settings
  return {
    id: channel.id,
    name: channel.name,
    kind,
    settings,
    events: channel.events,
    outcomes: channel.outcomes,
    tenants: channel.tenants && channel.tenants.map(({ ref, name }) => ({ id: ref, name })),
    pausedAt: iso(channel.pausedAt),
    createdAt: channel.createdAt.toISOString(),
    changedAt: channel.changedAt.toISOString(),
  }
}
