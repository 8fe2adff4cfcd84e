import { addChannel } from '#domain/notifications/add-channel.ts'
import { changeChannel } from '#domain/notifications/change-channel.ts'
import type { ChannelView } from '#domain/notifications/channel.ts'
import { listChannels, showChannel } from '#domain/notifications/find-channel.ts'
import { listDeliveries } from '#domain/notifications/list-deliveries.ts'
import { pauseChannel, resumeChannel } from '#domain/notifications/pause-channel.ts'
import { removeChannel } from '#domain/notifications/remove-channel.ts'
import { retryDelivery } from '#domain/notifications/retry-delivery.ts'
import { showDelivery, testChannel } from '#domain/notifications/test-channel.ts'
import { given } from '#foundation/kernel/given.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { channelDocument } from '#entrypoints/documents/channel-document.ts'
import { deliveryDocument } from '#entrypoints/documents/delivery-document.ts'
import { workspaceOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { requireMatch, withEtag } from '#entrypoints/http/api/etag.ts'
import { findTenants } from '#entrypoints/http/api/find-tenants.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { receiverOf } from '#entrypoints/http/api/receiver-input.ts'

export const channels = {
  list: os.channels.list.handler(async ({ context }) => {
    const channels = await listChannels(context.db, workspaceOf(context))
    return { items: channels.map(channelDocument) }
  }),
  add: os.channels.add.handler(async ({ context, input: { name, receiver, events, outcomes, tenants } }) => {
    const tenantIds = tenants && (await tenantIdsOf(context, tenants))
    const wanted = { name, receiver: receiverOf(receiver), ...given({ events, outcomes, tenantIds }) }
    const { id, signingSecret } = await addChannel(context, workspaceOf(context), wanted)
    return withSecret(await shown(context, id), signingSecret)
  }),
  get: os.channels.get.handler(async ({ context, input }) => shown(context, input.channel)),
  change: os.channels.change.handler(async ({ context, input }) => {
    const { channel, name, receiver, events, outcomes, tenants } = input
    const tenantIds = tenants && (await tenantIdsOf(context, tenants))
    const changes = given({ name, receiver: receiver && receiverOf(receiver), events, outcomes, tenantIds })
    const check = (current: ChannelView) => requireMatch(context, channelDocument(current))
    await changeChannel(context, workspaceOf(context), asId(channel), changes, check)
    return shown(context, channel)
  }),
  rotateSecret: os.channels.rotateSecret.handler(async ({ context, input }) => {
    const change = { rotatesSecret: true }
    const { signingSecret } = await changeChannel(context, workspaceOf(context), asId(input.channel), change)
    return withSecret(await shown(context, input.channel), signingSecret)
  }),
  pause: os.channels.pause.handler(async ({ context, input }) => {
    await pauseChannel(context.db, workspaceOf(context), asId(input.channel))
    return shown(context, input.channel)
  }),
  resume: os.channels.resume.handler(async ({ context, input }) => {
    await resumeChannel(context.db, workspaceOf(context), asId(input.channel))
    return shown(context, input.channel)
  }),
  test: os.channels.test.handler(async ({ context, input }) => {
    const { id, name } = await showChannel(context.db, workspaceOf(context), asId(input.channel))
    return { channel: { id, name }, deliveryId: await testChannel(context.db, workspaceOf(context), id) }
  }),
  remove: os.channels.remove.handler(async ({ context, input }) => {
    await removeChannel(context.db, workspaceOf(context), asId(input.channel))
    return { ok: true }
  }),
  deliveries: os.channels.deliveries.handler(async ({ context, input: { limit, cursor, channel, state } }) => {
    const { items, nextCursor } = await listDeliveries(context.db, workspaceOf(context), {
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(channel !== undefined && { channelId: asId(channel) }),
      ...(state && { states: state }),
    })
    return { items: items.map(deliveryDocument), nextCursor }
  }),
  delivery: os.channels.delivery.handler(async ({ context, input }) =>
    deliveryDocument(await showDelivery(context.db, workspaceOf(context), asId(input.delivery))),
  ),
  retryDelivery: os.channels.retryDelivery.handler(async ({ context, input }) => {
    await retryDelivery(context.db, workspaceOf(context), asId(input.delivery))
    return { ok: true }
  }),
}

async function tenantIdsOf(context: ApiContext, refs: readonly string[]) {
  const tenants = await findTenants(context, refs)
  return tenants.map(({ tenantId }) => tenantId)
}

async function shown(context: ApiContext, id: string) {
  return withEtag(context, channelDocument(await showChannel(context.db, workspaceOf(context), asId(id))))
}

function withSecret<T extends object>(document: T, signingSecret: string | null) {
  return signingSecret === null ? document : { ...document, signingSecret }
}
