import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type {
  ChannelId,
  DeliveryId,
  NotificationId,
  RunId,
  TenantId,
  UserId,
  WorkspaceId,
} from '#foundation/kernel/ids.ts'

/** One row of the outbox, and whom it concerns. */
export interface OutboxEntry {
  readonly id: string
  readonly event: string
  readonly runId: RunId
  readonly tenantId: TenantId | null
  /** Who started the run, if a person did and is still a member. */
  readonly recipientId: UserId | null
  readonly channelIds: readonly ChannelId[]
}

/** Workspaces with something in the outbox, in any order, so that none is always last. */
export async function workspacesWithNews(db: Database, limit: number): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ workspace_id: string }>`
    select n.workspace_id from workspaces_with_news(${limit}) n`.execute(db)
  return rows.map((row) => asId<WorkspaceId>(row.workspace_id))
}

interface EntryRow {
  readonly id: string
  readonly event: string
  readonly run_id: string
  readonly tenant_id: string | null
  readonly recipient_id: string | null
  readonly channel_ids: readonly string[]
}

/** Locks the next rows of one workspace that nobody else has locked, and finds whom each concerns. */
export async function takeEntries(tx: Tx, { workspaceId }: WorkspaceContext, limit: number): Promise<OutboxEntry[]> {
  const { rows } = await sql<EntryRow>`
    with taken as materialized (
      select o.id, o.event, o.run_id from outbox o
      where o.workspace_id = ${workspaceId} order by o.id limit ${limit} for update skip locked
    )
    select t.id, t.event, t.run_id, r.tenant_id, m.user_id as recipient_id, array(
      select c.id from notification_channels c
      where c.workspace_id = ${workspaceId} and t.event = any (c.events) and r.outcome::text = any (c.outcomes)
        and (c.all_tenants or exists (
        select from notification_channel_tenants ct
        where ct.workspace_id = ${workspaceId} and ct.channel_id = c.id and ct.tenant_id = r.tenant_id))
      order by c.id
    )::text[] as channel_ids
    from taken t
    left join operation_runs r on r.workspace_id = ${workspaceId} and r.id = t.run_id
    left join workspace_members m on m.workspace_id = ${workspaceId} and m.user_id = r.initiator_id
      and r.trigger not in ('system', 'reconcile')`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    event: row.event,
    runId: asId<RunId>(row.run_id),
    tenantId: row.tenant_id === null ? null : asId<TenantId>(row.tenant_id),
    recipientId: row.recipient_id === null ? null : asId<UserId>(row.recipient_id),
    channelIds: row.channel_ids.map((id) => asId<ChannelId>(id)),
  }))
}

/** One for each who started a run; one that is there stays as it is. */
export async function insertNotifications(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  entries: readonly OutboxEntry[],
): Promise<void> {
  const rows = entries.flatMap(({ event, runId, tenantId, recipientId }) =>
    recipientId === null
      ? []
      : [
          {
            workspace_id: workspaceId,
            id: newId<NotificationId>(),
            recipient_id: recipientId,
            event,
            run_id: runId,
            tenant_id: tenantId,
          },
        ],
  )
  if (rows.length > 0)
    await tx
      .insertInto('notifications')
      .values(rows)
      .onConflict((on) => on.doNothing())
      .execute()
}

/** One for each channel that is to be told; one that is there stays as it is. */
export async function insertDeliveries(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  entries: readonly OutboxEntry[],
  maxAttempts: number,
): Promise<void> {
  const rows = entries.flatMap(({ event, runId, channelIds }) =>
    channelIds.map((channelId) => ({
      workspace_id: workspaceId,
      id: newId<DeliveryId>(),
      channel_id: channelId,
      event,
      run_id: runId,
      state: 'waiting',
      max_attempts: maxAttempts,
      next_attempt_at: sql<Date>`clock_timestamp()`,
    })),
  )
  if (rows.length > 0)
    await tx
      .insertInto('deliveries')
      .values(rows)
      .onConflict((on) => on.doNothing())
      .execute()
}

export async function deleteEntries(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  entries: readonly OutboxEntry[],
): Promise<void> {
  const ids = entries.map(({ id }) => id)
  await sql`delete from outbox o where o.workspace_id = ${workspaceId} and o.id = any (${ids}::uuid[])`.execute(tx)
}
