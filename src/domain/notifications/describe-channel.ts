/** What a person says about a channel, checked: its settings, and what of it is secret. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { endedOutcomes } from '#domain/notifications/channel.ts'
import type { ChannelSecret, ChannelSettings, EndedOutcome, MailSecurity } from '#domain/notifications/channel.ts'
import { toldEvents, type ToldEvent } from '#domain/notifications/message.ts'
import { hostOf, isAllowed, parseReceiverHost, parseReceiverUrl } from '#domain/notifications/receiver.ts'
import type { ReceiverRules } from '#domain/notifications/receiver.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface EmailInput {
  readonly kind: 'email'
  readonly host: string
  /** Left out: 465 with TLS, 587 with STARTTLS, 25 without. */
  readonly port?: number
  /** Left out: STARTTLS. */
  readonly security?: MailSecurity
  readonly username?: string
  readonly password?: string
  readonly from: string
  readonly to: readonly string[]
}

/** Where a channel sends to. The address of a Teams workflow is its own key. */
export type ReceiverInput =
  | EmailInput
  | { readonly kind: 'teams'; readonly url: string }
  | { readonly kind: 'webhook'; readonly url: string }

export interface DescribedChannel {
  readonly settings: ChannelSettings
  readonly secret: ChannelSecret | null
}

/** A name is unique among the channels of a workspace. */
export function nameTaken(name: string): Failure {
  return new Failure(
    'conflict',
    `There is a channel "${name}" already; choose another name. \`tenantatlas channel list\` shows those taken.`,
  )
}

/** @throws Failure `invalid_input` that names the field */
export function describeReceiver(input: ReceiverInput, rules: ReceiverRules): DescribedChannel {
  switch (input.kind) {
    case 'email':
      return describeEmail(input, rules)
    case 'teams': {
      const url = parseReceiverUrl(input.url, rules)
      return { settings: { kind: 'teams', host: hostOf(url) }, secret: { kind: 'teams', url: url.href } }
    }
    case 'webhook': {
      const url = parseReceiverUrl(input.url, rules).href
      return { settings: { kind: 'webhook', url }, secret: newSigningSecret() }
    }
  }
}

/** A fresh signing secret, in the form of Standard Webhooks. */
export function newSigningSecret(): ChannelSecret & { readonly kind: 'webhook' } {
  return { kind: 'webhook', signing: `whsec_${randomBytes(32).toString('base64')}` }
}

const usualPorts = { tls: 465, starttls: 587, none: 25 } as const
const mailbox = z.email()

function describeEmail(input: EmailInput, rules: ReceiverRules): DescribedChannel {
  const { security = 'starttls', username, password } = input
  const host = parseReceiverHost(input.host, rules)
  if (security === 'none' && !isAllowed(host, rules))
    throw new Failure('invalid_input', `Mail goes unencrypted only to a host the operator allows, not to "${host}".`)
  if ((username === undefined) !== (password === undefined))
    throw new Failure('invalid_input', 'A mail server takes a user name and a password together, or neither.')
  const [first, ...others] = input.to
  if (first === undefined) throw new Failure('invalid_input', 'Name at least one recipient.')
  return {
    settings: {
      kind: 'email',
      host,
      port: portOf(input.port ?? usualPorts[security]),
      security,
      username: username ?? null,
      from: mailboxOf(input.from, 'sender'),
      to: [mailboxOf(first, 'recipient'), ...others.map((to) => mailboxOf(to, 'recipient'))],
    },
    secret: password === undefined ? null : { kind: 'email', password },
  }
}

function portOf(port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new Failure('invalid_input', 'The port of the mail server must be a whole number from 1 to 65535.')
}

/** Addresses of people: never repeated in a message, which may be logged. */
function mailboxOf(text: string, who: 'sender' | 'recipient'): string {
  const parsed = mailbox.safeParse(text.trim())
  if (parsed.success) return parsed.data
  throw new Failure('invalid_input', `The ${who} is not an e-mail address like name@example.com.`)
}

/** @throws Failure `invalid_input` */
export function describeName(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= 100) return name
  throw new Failure('invalid_input', 'A channel has a name of 1 to 100 characters.')
}

/** In the order of the list of outcomes, each once. @throws Failure `invalid_input` */
export function describeOutcomes(outcomes: readonly EndedOutcome[]): EndedOutcome[] {
  if (outcomes.length === 0) throw new Failure('invalid_input', 'A channel is told at least one outcome.')
  return endedOutcomes.filter((outcome) => outcomes.includes(outcome))
}

/** In the order of the list of events, each once. @throws Failure `invalid_input` */
export function describeEvents(wanted: readonly ToldEvent[]): ToldEvent[] {
  if (wanted.length === 0) throw new Failure('invalid_input', 'A channel is told of at least one kind of event.')
  return toldEvents.filter((event) => wanted.includes(event))
}

/** What needs somebody: how runs end that did not do all they were for. */
export const usualOutcomes = ['partially_succeeded', 'failed', 'blocked'] as const satisfies readonly EndedOutcome[]
