/**
 * Deliveries: each is taken under a lease, sent outside any transaction, and what the receiver said is written down. A
 * process that ends in between leaves the delivery to the next, which sends it again under the same id.
 */
import { hostname } from 'node:os'
import type { Answer } from '#domain/notifications/answer.ts'
import { openChannelSecret } from '#domain/notifications/channel.ts'
import type { ChannelSecret, ChannelView } from '#domain/notifications/channel.ts'
import { channelsOf, setPaused } from '#domain/notifications/channels.store.ts'
import { storedChannelSecrets } from '#domain/notifications/channel-secrets.store.ts'
import type { StoredChannelSecret } from '#domain/notifications/channel-secrets.store.ts'
import { claimDelivery, dueChannels, recordAnswer } from '#domain/notifications/deliveries.store.ts'
import type { ClaimedDelivery, DeliveryEnd } from '#domain/notifications/delivery.ts'
import { events } from '#domain/notifications/message.ts'
import type { Message } from '#domain/notifications/message.ts'
import { messageOf } from '#domain/notifications/message-of.ts'
import { nextAttemptMs, triesOfDelivery } from '#domain/notifications/next-attempt.ts'
import type { SendOptions } from '#domain/notifications/post.ts'
import type { ReceiverRules } from '#domain/notifications/receiver.ts'
import { sendEmail } from '#domain/notifications/send-email.ts'
import { sendTeamsCard } from '#domain/notifications/send-teams-card.ts'
import { sendWebhook } from '#domain/notifications/send-webhook.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'

export interface NotifySettings extends ReceiverRules {
  /** Where people open the page: links begin with it. */
  readonly pageUrl: string
  /** How long one try may take, from the look-up to the answer; default 10 s for HTTP, 30 s for mail. */
  readonly limitMs?: number
}

export interface DeliverDeps {
  readonly db: Database
  readonly opener: Opener
  readonly notify: NotifySettings
}

// Longer than any try, so that nothing is taken over while it is still being sent.
export const deliveryLeaseMs = 60_000

/** Takes at most `limit` deliveries that are due, each of another channel, and of none that is busy. */
export async function claimDue(
  db: Database,
  options: { readonly busy: readonly ChannelId[]; readonly limit: number; readonly leaseMs?: number },
): Promise<ClaimedDelivery[]> {
  const claims: ClaimedDelivery[] = []
  const lease = { leaseMs: options.leaseMs ?? deliveryLeaseMs, triesOfRound: triesOfDelivery }
  for (const key of await dueChannels(db, options)) {
    const claim = await inWorkspace(db, key.ctx, (tx) => claimDelivery(tx, key, lease))
    if (claim !== undefined) claims.push(claim)
  }
  return claims
}

/** Sends one delivery and writes down what the receiver said. Resolves to that. */
export async function deliver(deps: DeliverDeps, claim: ClaimedDelivery, signal: AbortSignal): Promise<Answer> {
  const answer = await tryOnce(deps, claim, signal)
  failpoint('delivery.sent')
  const end = endOf(claim, answer, signal)
  await inWorkspace(deps.db, claim.ctx, async (tx) => {
    const isWritten = await recordAnswer(tx, claim, answer, end)
    if (isWritten && answer.isGone) await pauseGone(tx, claim)
  })
  return answer
}

async function tryOnce(deps: DeliverDeps, claim: ClaimedDelivery, signal: AbortSignal): Promise<Answer> {
  const { channel, stored } = await inWorkspace(deps.db, claim.ctx, async (tx) => {
    const [found] = await channelsOf(tx, claim.ctx, claim.channelId)
    return { channel: found, stored: await storedChannelSecrets(tx, claim) }
  })
  if (channel === undefined) return notSent('The channel is gone.')
  // The process that sends it keeps ending: it is not for another to end the same way.
  if (claim.tries > triesOfDelivery) return notSent('It was given up: whoever sent it ended, again and again.')
  const message = await messageOf(deps, claim, channel)
  if (message === 'moot')
    return {
      ...notSent('Not sent: the credential was replaced or removed meanwhile, or its tenant archived.'),
      isMoot: true,
    }
  const secrets = openAll(deps.opener, claim, stored)
  if (secrets === 'unopened')
    return notSent(`Its secret does not open on host ${hostname()}; see \`tenantatlas key list\`.`)
  failpoint('delivery.sending')
  const answer = await send(deps.notify, { channel, secrets, message, signal })
  return { ...answer, error: answer.error === null ? null : sanitizeMessage(withoutSecrets(answer.error, secrets)) }
}

function notSent(error: string): Answer {
  return { isDelivered: false, status: null, error }
}

/** The newest first; more than one only while the one before still signs. */
function openAll(
  opener: Opener,
  claim: ClaimedDelivery,
  stored: readonly StoredChannelSecret[],
): readonly ChannelSecret[] | 'unopened' {
  try {
    const [newest, previous] = stored
    if (newest === undefined) return []
    const place = { workspaceId: claim.ctx.workspaceId, channelId: claim.channelId }
    const secret = openChannelSecret(opener, newest.stored, place)
    if (!newest.isNew) return [secret]
    if (previous !== undefined) return [secret, openChannelSecret(opener, previous.stored, place)]
    const hasPrevious = secret.kind === 'webhook' && typeof secret.previous === 'string'
    return hasPrevious ? [secret, { kind: 'webhook', signing: secret.previous ?? '' }] : [secret]
  } catch (error) {
    if (error instanceof Failure) return 'unopened'
    throw error
  }
}

interface Sending {
  readonly channel: ChannelView
  readonly secrets: readonly ChannelSecret[]
  readonly message: Message
  readonly signal: AbortSignal
}

function send(rules: NotifySettings, { channel, secrets, message, signal }: Sending): Promise<Answer> {
  const options = (limitMs: number): SendOptions => ({ rules, signal, limitMs: rules.limitMs ?? limitMs })
  const { settings } = channel
  const [secret] = secrets
  switch (settings.kind) {
    case 'email': {
      const password = secret?.kind === 'email' ? secret.password : null
      return sendEmail(message, { settings, password }, options(30_000))
    }
    case 'teams':
      if (secret?.kind !== 'teams') throw new TypeError('a Teams channel without its address')
      return sendTeamsCard(message, secret.url, options(10_000))
    case 'webhook': {
      const signing = secrets.flatMap((each) => (each.kind === 'webhook' ? [each.signing] : []))
      if (signing.length === 0) throw new TypeError('a webhook without its secret')
      return sendWebhook(message, { settings, secrets: signing }, options(10_000))
    }
  }
}

/** A receiver may say back what it was sent. */
function withoutSecrets(text: string, secrets: readonly ChannelSecret[]): string {
  const values = secrets.flatMap(secretValues).filter((value) => value.length >= 8)
  return values.reduce((left, value) => left.replaceAll(value, '[secret]'), text)
}

/** The longest first; of an address also its parts, as each may be what opens it. */
function secretValues(secret: ChannelSecret): readonly string[] {
  switch (secret.kind) {
    case 'email':
      return [secret.password]
    case 'webhook':
      return [secret.signing, secret.previous ?? '']
    case 'teams': {
      const { href, pathname, search, searchParams } = new URL(secret.url)
      return [href, pathname + search, search, ...searchParams.values()]
    }
  }
}

function endOf(claim: ClaimedDelivery, answer: Answer, signal: AbortSignal): DeliveryEnd {
  if (answer.isDelivered) return { state: 'delivered' }
  if (answer.isGone || answer.isMoot || claim.event === events.test) return { state: 'given_up' }
  if (signal.aborted && answer.status === null) return { state: 'failed', pauseMs: 0 }
  const { retryAfterMs } = answer
  const jitter = Math.random()
  const pauseMs = nextAttemptMs(claim.tries, { jitter, ...(retryAfterMs !== undefined && { retryAfterMs }) })
  return pauseMs === null ? { state: 'given_up' } : { state: 'failed', pauseMs }
}

/** As Standard Webhooks asks of senders: whoever answers 410 is not sent to any more. */
async function pauseGone(tx: Tx, { ctx, channelId }: ClaimedDelivery): Promise<void> {
  if (!(await setPaused(tx, ctx, channelId, true))) return
  const subject = { kind: 'notification_channel', id: channelId }
  await recordAudit(tx, ctx, { action: 'channel.pause', subject, outcome: 'succeeded', detail: { why: 'gone' } })
}
