import { Webhook } from 'standardwebhooks'
import type { Answer } from '#domain/notifications/answer.ts'
import type { WebhookSettings } from '#domain/notifications/channel.ts'
import type { Message } from '#domain/notifications/message.ts'
import { post } from '#domain/notifications/post.ts'
import type { SendOptions } from '#domain/notifications/post.ts'
import { webhookPayload } from '#domain/notifications/webhook-payload.ts'

export interface WebhookTarget {
  readonly settings: WebhookSettings
  /** The current one first; each signs. */
  readonly secrets: readonly string[]
}

/** Posts the event, signed as Standard Webhooks says: https://www.standardwebhooks.com */
export async function sendWebhook(message: Message, target: WebhookTarget, options: SendOptions): Promise<Answer> {
  const body = webhookPayload(message)
  // Of this try, by this machine's clock: receivers hold it against theirs.
  const now = new Date()
  const headers = {
    'content-type': 'application/json',
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': target.secrets.map((secret) => new Webhook(secret).sign(message.id, now, body)).join(' '),
  }
  return post({ url: target.settings.url, headers, body }, options)
}
