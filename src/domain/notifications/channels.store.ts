import { sql } from 'kysely'
import { channelSettings } from '#domain/notifications/channel.ts'
import type { ChannelSettings, ChannelView, EndedOutcome } from '#domain/notifications/channel.ts'
import type { ToldEvent } from '#domain/notifications/message.ts'
import type { Tx } from '#foundation/db/database.ts'
import { violates } from '#foundation/db/violates.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { ChannelId, TenantId, TenantRef } from '#foundation/kernel/ids.ts'

/** All channels of the workspace, by name; with an id only that one. */
export async function channelsOf(tx: Tx, ctx: WorkspaceContext, channelId?: ChannelId): Promise<ChannelView[]> {
  const rows = await tx
    .selectFrom('notification_channels')
    .where('workspace_id', '=', ctx.workspaceId)
    .$if(channelId !== undefined, (q) => q.where('id', '=', channelId ?? ''))
    .selectAll()
    .orderBy('name')
    .execute()
  const tenants = await tenantsOf(tx, ctx)
  return rows.map((row) => ({
    id: asId<ChannelId>(row.id),
    name: row.name,
    settings: channelSettings.parse(row.settings),
    events: row.events as ToldEvent[],
    outcomes: row.outcomes as EndedOutcome[],
    tenants: row.all_tenants
      ? null
      : tenants.filter(({ channelId }) => channelId === row.id).map(({ tenant }) => tenant),
    pausedAt: row.paused_at,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }))
}

/** No other change of the channel begins until the transaction ends. */
export async function lockChannel(tx: Tx, { workspaceId }: WorkspaceContext, channelId: ChannelId): Promise<void> {
  await tx
    .selectFrom('notification_channels')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', channelId)
    .select('id')
    .forNoKeyUpdate()
    .execute()
}

async function tenantsOf(tx: Tx, { workspaceId }: WorkspaceContext) {
  const rows = await tx
    .selectFrom('notification_channel_tenants as listed')
    .innerJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'listed.workspace_id').onRef('tenant.id', '=', 'listed.tenant_id'),
    )
    .where('listed.workspace_id', '=', workspaceId)
    .select(['listed.channel_id', 'tenant.id', 'tenant.external_id', 'tenant.name'])
    .orderBy('tenant.name')
    .execute()
  return rows.map((row) => ({
    channelId: row.channel_id,
    tenant: { id: asId<TenantId>(row.id), ref: asId<TenantRef>(row.external_id), name: row.name },
  }))
}

export interface StoredChannel {
  readonly id: ChannelId
  readonly name: string
  readonly settings: ChannelSettings
  readonly events: readonly ToldEvent[]
  readonly outcomes: readonly EndedOutcome[]
  /** Null: all. */
  readonly tenantIds: readonly TenantId[] | null
}

/** False: another channel of the workspace has the name. */
export async function insertChannel(tx: Tx, ctx: WorkspaceContext, channel: StoredChannel): Promise<boolean> {
  const inserted = await tx
    .insertInto('notification_channels')
    .values({
      workspace_id: ctx.workspaceId,
      id: channel.id,
      kind: channel.settings.kind,
      name: channel.name,
      settings: JSON.stringify(channel.settings),
      events: [...channel.events],
      outcomes: [...channel.outcomes],
      all_tenants: channel.tenantIds === null,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted === undefined) return false
  await insertTenants(tx, ctx, channel)
  return true
}

async function insertTenants(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { id, tenantIds }: StoredChannel,
): Promise<void> {
  if (tenantIds === null || tenantIds.length === 0) return
  const rows = tenantIds.map((tenantId) => ({ workspace_id: workspaceId, channel_id: id, tenant_id: tenantId }))
  try {
    await tx.insertInto('notification_channel_tenants').values(rows).execute()
  } catch (error) {
    if (!violates(error, 'notification_channel_tenants_workspace_id_tenant_id_fkey')) throw error
    throw new Failure('not_found', 'One of the tenants named is not in this workspace; the channel stays as it was.')
  }
}

/** Overwrites it. False: another channel of the workspace has the name, and the transaction can only be rolled back. */
export async function updateChannel(tx: Tx, ctx: WorkspaceContext, channel: StoredChannel): Promise<boolean> {
  try {
    await overwriteChannel(tx, ctx, channel)
  } catch (error) {
    if (violates(error, 'notification_channels_workspace_id_name_key')) return false
    throw error
  }
  await tx
    .deleteFrom('notification_channel_tenants')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('channel_id', '=', channel.id)
    .execute()
  await insertTenants(tx, ctx, channel)
  return true
}

async function overwriteChannel(tx: Tx, { workspaceId }: WorkspaceContext, channel: StoredChannel) {
  await tx
    .updateTable('notification_channels')
    .set({
      settings: JSON.stringify(channel.settings),
      name: channel.name,
      events: [...channel.events],
      outcomes: [...channel.outcomes],
      all_tenants: channel.tenantIds === null,
      changed_at: sql<Date>`clock_timestamp()`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', channel.id)
    .execute()
}

/** Says whether that changed something. */
export async function setPaused(tx: Tx, { workspaceId }: WorkspaceContext, channelId: ChannelId, isPaused: boolean) {
  const changed = await tx
    .updateTable('notification_channels')
    .set({ paused_at: isPaused ? sql<Date>`clock_timestamp()` : null })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', channelId)
    .where('paused_at', isPaused ? 'is' : 'is not', null)
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

export async function deleteChannel(tx: Tx, { workspaceId }: WorkspaceContext, channelId: ChannelId): Promise<void> {
  await tx
    .deleteFrom('notification_channels')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', channelId)
    .execute()
}
