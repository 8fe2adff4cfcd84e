/**
 * A channel: a receiver outside that is told how runs ended. Its settings may be shown; what is secret of it is sealed
 * apart, bound to the channel, and opened only to send.
 */
import { z } from 'zod'
import type { ToldEvent } from '#domain/notifications/message.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import { seal } from '#foundation/crypto/seal.ts'
import type { SealingKey, StoredSecret } from '#foundation/crypto/seal.ts'
import type { ChannelId, TenantId, TenantRef, WorkspaceId } from '#foundation/kernel/ids.ts'

export const channelKinds = ['email', 'teams', 'webhook'] as const
export type ChannelKind = (typeof channelKinds)[number]

export const endedOutcomes = ['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'] as const
export type EndedOutcome = Exclude<RunOutcome, 'pending'>

/** How a mail server is spoken to: TLS from the first byte, TLS after STARTTLS, or not at all encrypted. */
export const mailSecurities = ['tls', 'starttls', 'none'] as const
export type MailSecurity = (typeof mailSecurities)[number]

const emailSettings = z.strictObject({
  kind: z.literal('email'),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  security: z.enum(mailSecurities),
  username: z.string().nullable(),
  from: z.string(),
  to: z.array(z.string()).nonempty(),
})
const teamsSettings = z.strictObject({ kind: z.literal('teams'), host: z.string() })
const webhookSettings = z.strictObject({ kind: z.literal('webhook'), url: z.string() })

export const channelSettings = z.discriminatedUnion('kind', [emailSettings, teamsSettings, webhookSettings])

export type EmailSettings = z.infer<typeof emailSettings>
export type WebhookSettings = z.infer<typeof webhookSettings>
export type ChannelSettings = z.infer<typeof channelSettings>

const emailSecret = z.strictObject({ kind: z.literal('email'), password: z.string() })
const teamsSecret = z.strictObject({ kind: z.literal('teams'), url: z.string() })
/** `previous`: the one before, in secrets that were sealed before each had a row of its own. */
const webhookSecret = z.strictObject({
  kind: z.literal('webhook'),
  signing: z.string(),
  previous: z.string().nullable().optional(),
})
const channelSecret = z.discriminatedUnion('kind', [emailSecret, teamsSecret, webhookSecret])

export type ChannelSecret = z.infer<typeof channelSecret>

/** A channel as it may be shown. */
export interface ChannelView {
  readonly id: ChannelId
  readonly name: string
  readonly settings: ChannelSettings
  /** What it is told of; of runs, only of those that end as `outcomes` says. */
  readonly events: readonly ToldEvent[]
  readonly outcomes: readonly EndedOutcome[]
  /** Null: all of them, and runs of the workspace itself. */
  readonly tenants: readonly { readonly id: TenantId; readonly ref: TenantRef; readonly name: string }[] | null
  readonly pausedAt: Date | null
  readonly createdAt: Date
  readonly changedAt: Date
}

/** Where a sealed text belongs: it opens nowhere else. */
export interface ChannelPlace {
  readonly workspaceId: WorkspaceId
  readonly channelId: ChannelId
}

export function sealChannelSecret(secret: ChannelSecret, place: ChannelPlace, key: SealingKey): StoredSecret {
  return seal(JSON.stringify(secret), channelPlaceText(place), key)
}

/** Throws when the text was sealed for another channel or its private key is not here. */
export function openChannelSecret(opener: Opener, stored: StoredSecret, place: ChannelPlace): ChannelSecret {
  return channelSecret.parse(JSON.parse(opener.open(stored, channelPlaceText(place))))
}

export function channelPlaceText({ workspaceId, channelId }: ChannelPlace): string {
  return [workspaceId, 'notification_channel', channelId].join('|')
}
