import { sql } from 'kysely'
import { claimDue, deliver } from '#domain/notifications/deliver.ts'
import { addChannel } from '#domain/notifications/add-channel.ts'
import type { AddChannelInput, AddedChannel } from '#domain/notifications/add-channel.ts'
import { testOpener } from '#domain/keys/keys-testing.ts'
import { endedOutcomes } from '#domain/notifications/channel.ts'
import type { DeliverDeps, NotifySettings } from '#domain/notifications/deliver.ts'
import type { DeliveryView } from '#domain/notifications/list-deliveries.ts'
import { followDelivery, testChannel } from '#domain/notifications/test-channel.ts'
import type { Ending } from '#domain/operations/decide-ending.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { ChannelId } from '#foundation/kernel/ids.ts'

/** Test only: what sends; receivers on this machine are allowed. */
export function deliverDeps(db: Database, notify: Partial<NotifySettings> = {}): DeliverDeps {
  const own = { pageUrl: 'https://tenantatlas.example.com', allowHosts: ['127.0.0.1'], limitMs: 2_000 }
  return { db, opener: testOpener, notify: { ...own, ...notify } }
}

/** Test only: a webhook that is told everything. */
export function givenWebhook(
  deps: DeliverDeps,
  ctx: WorkspaceContext,
  receiver: { readonly url: string },
  change: Partial<AddChannelInput> = {},
): Promise<AddedChannel> {
  const { url } = receiver
  return addChannel(deps, ctx, { name: 'hook', receiver: { kind: 'webhook', url }, outcomes: endedOutcomes, ...change })
}

/** Test only: queues a test of a channel and sends it, as a worker would; what became of it. */
export async function sentTest(deps: DeliverDeps, ctx: WorkspaceContext, channelId: ChannelId): Promise<DeliveryView> {
  const { signal } = new AbortController()
  const deliveryId = await testChannel(deps.db, ctx, channelId)
  for (const claim of await claimDue(deps.db, { busy: [], limit: 10 })) await deliver(deps, claim, signal)
  return followDelivery(deps.db, ctx, deliveryId, { signal: AbortSignal.abort() })
}

/** Test only: a run of a person that has just ended; its row is in the outbox. */
export function givenEndedRun(db: Database, ctx: TenantContext, ending?: Ending): Promise<RunView> {
  return givenEnded(db, ctx, { type: 'backup.capture', input: {}, trigger: 'user' }, ending)
}

/** Test only: how a run ends that could not do what it was for. */
export const failing: Ending = {
  kind: 'finish',
  verdict: 'failed',
  result: { failures: [{ code: 'backup.failed', reason: 'permission_denied', message: 'Not granted.', count: 1 }] },
}

/** Test only: the credentials of a tenant end so many days from now, by the database's clock. */
export async function endsIn(owner: Database, { workspaceId, tenantId }: TenantContext, days: number): Promise<void> {
  await owner
    .updateTable('credentials')
    .set({ expires_at: sql<Date>`clock_timestamp() + make_interval(secs => ${days * 86_400})` })
    .where('workspace_id', '=', workspaceId)
    .where('tenant_id', '=', tenantId)
    .execute()
}
