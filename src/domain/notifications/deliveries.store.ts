import { sql } from 'kysely'
import type { Answer } from '#domain/notifications/answer.ts'
import type { ChannelKey, ClaimedDelivery, DeliveryEnd } from '#domain/notifications/delivery.ts'
import { events } from '#domain/notifications/message.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { ChannelId, CredentialNoticeId, DeliveryId, RunId, WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

/** Channels with something to send now, the longest waiting first, without those this process is busy with. */
export async function dueChannels(
  db: Database,
  { busy, limit }: { readonly busy: readonly ChannelId[]; readonly limit: number },
): Promise<ChannelKey[]> {
  const { rows } = await sql<{ workspace_id: string; channel_id: string }>`
    select due.workspace_id, due.channel_id from due_channels(${busy}, ${limit}) due`.execute(db)
  return rows.map((row) => ({
    ctx: contextOfProduct(asId<WorkspaceId>(row.workspace_id), 'Notifications'),
    channelId: asId<ChannelId>(row.channel_id),
  }))
}

interface ClaimedRow {
  readonly id: string
  readonly attempts: number
  readonly tries: number
  readonly event: string
  readonly run_id: string | null
  readonly credential_notice_id: string | null
  readonly created_at: Date
}

/**
 * Takes the next delivery of a channel for `leaseMs`; when the process that took it ends, another takes it after that.
 * Locks that one row.
 */
export async function claimDelivery(
  tx: Tx,
  key: ChannelKey,
  { leaseMs, triesOfRound }: { readonly leaseMs: number; readonly triesOfRound: number },
): Promise<ClaimedDelivery | undefined> {
  const { rows } = await sql<ClaimedRow>`
    with head as materialized (
      select d.id from deliveries d
      where d.workspace_id = ${key.ctx.workspaceId} and d.channel_id = ${key.channelId}
        and d.next_attempt_at <= clock_timestamp()
        -- To a paused channel only a test goes; it may have been taken since the channel was looked up.
        and (d.next_attempt_at = 'epoch' or exists (
          select from notification_channels c
          where c.workspace_id = ${key.ctx.workspaceId} and c.id = ${key.channelId} and c.paused_at is null
        ))
      order by d.next_attempt_at, d.id limit 1
      for update skip locked
    )
    update deliveries d
    set state = 'sending', attempts = d.attempts + 1, last_attempt_at = clock_timestamp(),
      next_attempt_at = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
    from head
    where d.workspace_id = ${key.ctx.workspaceId} and d.id = head.id
    returning d.id, d.attempts, d.attempts - d.max_attempts + ${triesOfRound}::integer as tries, d.event, d.run_id,
      d.credential_notice_id, d.created_at`.execute(tx)
  const [row] = rows
  return row && claimed(key, row)
}

function claimed(key: ChannelKey, row: ClaimedRow): ClaimedDelivery {
  return {
    ctx: key.ctx,
    channelId: key.channelId,
    id: asId<DeliveryId>(row.id),
    attempt: row.attempts,
    tries: row.tries,
    event: row.event,
    runId: row.run_id === null ? null : asId<RunId>(row.run_id),
    noticeId: row.credential_notice_id === null ? null : asId<CredentialNoticeId>(row.credential_notice_id),
    createdAt: row.created_at,
  }
}

/** Writes down how a try ended, unless somebody else has taken the delivery over; says whether it was written. */
export async function recordAnswer(
  tx: Tx,
  { ctx, id, attempt }: ClaimedDelivery,
  { status, error }: Pick<Answer, 'status' | 'error'>,
  end: DeliveryEnd,
): Promise<boolean> {
  const pause =
    end.state === 'failed' ? sql<Date>`make_interval(secs => ${end.pauseMs / 1000}) + clock_timestamp()` : null
  const written = await tx
    .updateTable('deliveries')
    .set({
      state: end.state,
      next_attempt_at: pause,
      delivered_at: end.state === 'delivered' ? sql<Date>`clock_timestamp()` : null,
      last_status: status,
      last_error: error,
    })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('id', '=', id)
    .where('state', '=', 'sending')
    .where('attempts', '=', attempt)
    .executeTakeFirst()
  return written.numUpdatedRows > 0n
}

/** A test: one try, before what waits for the channel, which is why it is due since 1970. */
export async function insertTestDelivery(tx: Tx, { ctx, channelId }: ChannelKey): Promise<DeliveryId> {
  const row = await tx
    .insertInto('deliveries')
    .values({
      workspace_id: ctx.workspaceId,
      id: newId<DeliveryId>(),
      channel_id: channelId,
      event: events.test,
      state: 'waiting',
      attempts: 0,
      max_attempts: 1,
      next_attempt_at: sql<Date>`'epoch'::timestamptz`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return asId<DeliveryId>(row.id)
}
