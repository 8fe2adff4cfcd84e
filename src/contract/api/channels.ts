import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { done, id, inWorkspace, list, moment, page, paging, several, text } from '#contract/api/schemas.ts'

const tag = 'channels'

const mailSecurity = z.enum(['tls', 'starttls', 'none'])

/** By kind: where it sends to, and nothing that is secret of it. */
export const channelSettings = z.union([
  z.object({
    host: z.string(),
    port: z.number(),
    security: mailSecurity,
    username: z.string().nullable(),
    from: z.string(),
    to: list(z.string()),
  }),
  z.object({ url: z.string() }).describe('Of a webhook.'),
  z.object({ host: z.string() }).describe('Of a Teams workflow.'),
])
export type ChannelSettings = z.output<typeof channelSettings>

const outcome = z.enum(['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'])

const event = z.enum(['run.completed', 'credential.expiring', 'credential.expired'])

export const channelDocument = z.object({
  id,
  name: z.string(),
  kind: z.enum(['email', 'teams', 'webhook']),
  settings: channelSettings,
  events: list(event),
  /** Of runs, only those that end so. */
  outcomes: list(outcome),
  /** Null: all, and runs of the workspace itself. */
  tenants: list(z.object({ id, name: z.string() })).nullable(),
  pausedAt: moment.nullable(),
  createdAt: moment,
  changedAt: moment,
})
export type ChannelDocument = z.output<typeof channelDocument>

/** With what signs, where it was just made: shown this once. */
const channelWithSecret = channelDocument.extend({ signingSecret: z.string().optional() })

export const deliveryDocument = z.object({
  id,
  channel: z.object({ id, name: z.string() }),
  event: z.string(),
  runId: id.nullable(),
  state: z.enum(['waiting', 'sending', 'delivered', 'failed', 'given_up']),
  attempts: z.number(),
  nextAttemptAt: moment.nullable(),
  lastStatus: z.number().nullable(),
  lastError: z.string().nullable(),
  lastAttemptAt: moment.nullable(),
  deliveredAt: moment.nullable(),
  createdAt: moment,
})
export type DeliveryDocument = z.output<typeof deliveryDocument>

const address = z.string().min(1).max(2_000)
const receiver = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535).optional(),
    security: mailSecurity.optional(),
    username: text(320).optional(),
    password: z.string().min(1).max(1_000).optional(),
    from: z.string().min(1).max(320),
    to: z.array(z.string().min(1).max(320)).min(1).max(50),
  }),
  z.strictObject({ kind: z.literal('teams'), url: address.describe('Of the workflow: it is kept as a secret.') }),
  z.strictObject({ kind: z.literal('webhook'), url: address }),
])

export type ReceiverSent = z.output<typeof receiver>

const one = { ...inWorkspace, channel: id } as const
const onePath = '/workspaces/{workspace}/channels/{channel}'

export const channels = {
  list: procedure(
    { access: 'notifications.manage', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/channels',
      summary: 'List the channels',
      description: 'By name.',
      tag,
    },
  )
    .input(z.strictObject(inWorkspace))
    .output(z.object({ items: list(channelDocument) })),
  add: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.add', answersSecret: true },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/channels',
      summary: 'Tell a receiver how runs end, and that credentials do',
      description:
        'Without `events` it is told of all; of runs, without `outcomes`, of those that need somebody. The answer of a webhook has the secret that signs, once.',
      tag,
      successStatus: 201,
    },
  )
    .input(
      z.strictObject({
        ...inWorkspace,
        name: text(100),
        receiver,
        events: z.array(event).min(1).max(3).optional(),
        outcomes: z.array(outcome).min(1).max(5).optional(),
        tenants: z.array(id).min(1).max(500).optional().describe('Left out: all, and runs of the workspace itself.'),
      }),
    )
    .output(channelWithSecret),
  get: procedure(
    { access: 'notifications.manage', effect: 'read', audit: null },
    { method: 'GET', path: onePath, summary: 'Show a channel, never what is secret of it', tag },
  )
    .input(z.strictObject(one))
    .output(channelDocument),
  change: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.change', ifMatch: true },
    {
      method: 'PATCH',
      path: onePath,
      summary: 'Change what is given of a channel and leave the rest',
      description:
        'A receiver is given whole and stays of its kind. The password of a mail server may be left out while server and ' +
        'user stay the same.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...one,
        name: text(100).optional(),
        receiver: receiver.optional(),
        events: z.array(event).min(1).max(3).optional(),
        outcomes: z.array(outcome).min(1).max(5).optional(),
        tenants: z
          .array(id)
          .min(1)
          .max(500)
          .nullable()
          .optional()
          .describe('Null: all, and runs of the workspace itself.'),
      }),
    )
    .output(channelDocument),
  rotateSecret: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.change', answersSecret: true },
    {
      method: 'POST',
      path: `${onePath}/rotate-secret`,
      summary: 'Make a new signing secret for a webhook',
      description: 'The old one signs too for a day. The new one is shown this once.',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(channelWithSecret),
  pause: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.pause' },
    {
      method: 'POST',
      path: `${onePath}/pause`,
      summary: 'Send nothing to a channel until it is resumed; what happens meanwhile waits',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(channelDocument),
  resume: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.resume' },
    { method: 'POST', path: `${onePath}/resume`, summary: 'Send to a channel again, what waited first', tag },
  )
    .input(z.strictObject(one))
    .output(channelDocument),
  test: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.test' },
    {
      method: 'POST',
      path: `${onePath}/test`,
      summary: 'Have a worker send a test now',
      description: 'Before what waits, also to a paused channel. Its delivery says what became of it.',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(
      z.object({
        channel: z.object({ id, name: z.string() }),
        deliveryId: id,
      }),
    ),
  remove: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'channel.remove' },
    {
      method: 'DELETE',
      path: onePath,
      summary: 'Remove a channel, its secret, what waits for it and its delivery log',
      tag,
    },
  )
    .input(z.strictObject(one))
    .output(done),
  deliveries: procedure(
    { access: 'notifications.manage', effect: 'read', audit: null },
    {
      method: 'GET',
      path: '/workspaces/{workspace}/deliveries',
      summary: 'List what was sent to channels and is to be sent',
      description: 'Newest first.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inWorkspace,
        ...paging,
        channel: id.optional(),
        state: several(deliveryDocument.shape.state).optional(),
      }),
    )
    .output(page(deliveryDocument)),
  delivery: procedure(
    { access: 'notifications.manage', effect: 'read', audit: null },
    { method: 'GET', path: '/workspaces/{workspace}/deliveries/{delivery}', summary: 'Show a delivery', tag },
  )
    .input(z.strictObject({ ...inWorkspace, delivery: id }))
    .output(deliveryDocument),
  retryDelivery: procedure(
    { access: 'notifications.manage', effect: 'change', audit: 'delivery.retry' },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/deliveries/{delivery}/retry',
      summary: 'Send a delivery again that failed or was given up',
      description: 'Now, under the id it had.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, delivery: id }))
    .output(done),
} as const
