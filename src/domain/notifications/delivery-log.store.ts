import { sql } from 'kysely'
import type { DeliveryState } from '#domain/notifications/delivery.ts'
import { after } from '#domain/notifications/place.ts'
import type { Place } from '#domain/notifications/place.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ChannelId, DeliveryId } from '#foundation/kernel/ids.ts'

export interface DeliveryQuery {
  readonly channelId?: ChannelId
  readonly states?: readonly DeliveryState[]
}

export function deliveriesBefore(
  tx: Tx,
  ctx: WorkspaceContext,
  { query, before, limit }: { query: DeliveryQuery; before: Place | null; limit: number },
) {
  const { channelId, states } = query
  return logOf(tx, ctx)
    .$if(channelId !== undefined, (q) => q.where('delivery.channel_id', '=', channelId ?? ''))
    .$if(states !== undefined, (q) => q.where('delivery.state', 'in', states ?? []))
    .$if(before !== null, (q) => q.where(after('delivery', before ?? { createdAt: '', id: '' })))
    .orderBy('delivery.created_at', 'desc')
    .orderBy('delivery.id', 'desc')
    .limit(limit)
    .execute()
}

export function deliveryOf(tx: Tx, ctx: WorkspaceContext, id: DeliveryId) {
  return logOf(tx, ctx).where('delivery.id', '=', id).executeTakeFirst()
}

export function deliveryForUpdate(tx: Tx, ctx: WorkspaceContext, id: DeliveryId) {
  return logOf(tx, ctx).where('delivery.id', '=', id).forUpdate('delivery').executeTakeFirst()
}

function logOf(tx: Tx, { workspaceId }: WorkspaceContext) {
  return tx
    .selectFrom('deliveries as delivery')
    .innerJoin('notification_channels as channel', (join) =>
      join.onRef('channel.workspace_id', '=', 'delivery.workspace_id').onRef('channel.id', '=', 'delivery.channel_id'),
    )
    .where('delivery.workspace_id', '=', workspaceId)
    .selectAll('delivery')
    .select(['channel.name as channel_name', sql<string>`delivery.created_at::text`.as('place')])
}

/** Due at once, with a whole round of tries before it. */
export async function queueAgain(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  id: DeliveryId,
  tries: number,
): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({
      state: 'waiting',
      next_attempt_at: sql<Date>`clock_timestamp()`,
      max_attempts: sql<number>`attempts + ${tries}::integer`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .execute()
}
