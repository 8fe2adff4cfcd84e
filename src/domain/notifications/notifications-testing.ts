import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addChannel } from '#domain/notifications/add-channel.ts'
import type { AddChannelInput, AddedChannel } from '#domain/notifications/add-channel.ts'
import { endedOutcomes } from '#domain/notifications/channel.ts'
import type { DeliverDeps, NotifySettings } from '#domain/notifications/deliver.ts'
import type { Ending } from '#domain/operations/decide-ending.ts'
import { givenEnded } from '#domain/operations/operations-testing.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import { createSealer } from '#foundation/crypto/seal.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'

/** Test only: where the key of the tests of this process lies. */
export const testKeyFile = join(mkdtempSync(join(tmpdir(), 'tenantatlas-notify-')), 'credentials.key')

/** Test only: what sends; receivers on this machine are allowed. */
export function deliverDeps(db: Database, notify: Partial<NotifySettings> = {}): DeliverDeps {
  const own = { pageUrl: 'https://tenantatlas.example.com', allowHosts: ['127.0.0.1'], limitMs: 2_000 }
  return { db, sealer: createSealer({ keyFile: testKeyFile }), notify: { ...own, ...notify } }
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
