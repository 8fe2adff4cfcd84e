import { recordAudit } from '#domain/audit/record-audit.ts'
import type { EndedOutcome } from '#domain/notifications/channel.ts'
import { insertChannel } from '#domain/notifications/channels.store.ts'
import { keepChannelSecret } from '#domain/notifications/channel-secrets.ts'
import {
  describeEvents,
  describeName,
  describeOutcomes,
  describeReceiver,
  nameTaken,
  usualOutcomes,
} from '#domain/notifications/describe-channel.ts'
import type { ReceiverInput } from '#domain/notifications/describe-channel.ts'
import { toldEvents, type ToldEvent } from '#domain/notifications/message.ts'
import type { ReceiverRules } from '#domain/notifications/receiver.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { ChannelId, TenantId } from '#foundation/kernel/ids.ts'

export interface ChannelDeps {
  readonly db: Database
  readonly notify: ReceiverRules
}

export interface AddChannelInput {
  readonly name: string
  readonly receiver: ReceiverInput
  /** Left out: all. */
  readonly events?: readonly ToldEvent[]
  /** Left out: those that need somebody. */
  readonly outcomes?: readonly EndedOutcome[]
  /** Left out or empty: all, and runs of the workspace itself. */
  readonly tenantIds?: readonly TenantId[]
}

export interface AddedChannel {
  readonly id: ChannelId
  /** Of a webhook: shown this once and never again. */
  readonly signingSecret: string | null
}

/**
 * Adds a receiver that is told how runs end, and that credentials do, from now on.
 * @throws Failure `invalid_input` that names the field, `not_found` of a tenant, `conflict` when the name is taken,
 * `missing_configuration` when there is no key to seal with
 */
export async function addChannel(
  { db, notify }: ChannelDeps,
  ctx: WorkspaceContext,
  input: AddChannelInput,
): Promise<AddedChannel> {
  const name = describeName(input.name)
  const events = describeEvents(input.events ?? toldEvents)
  const outcomes = describeOutcomes(input.outcomes ?? usualOutcomes)
  const { settings, secret } = describeReceiver(input.receiver, notify)
  const id = newId<ChannelId>()
  const tenantIds = input.tenantIds?.length ? [...new Set(input.tenantIds)] : null
  await inWorkspace(db, ctx, async (tx) => {
    if (!(await insertChannel(tx, ctx, { id, name, settings, events, outcomes, tenantIds }))) throw nameTaken(name)
    if (secret !== null) await keepChannelSecret(tx, { ctx, channelId: id }, secret)
    await recordAudit(tx, ctx, {
      action: 'channel.add',
      subject: { kind: 'notification_channel', id },
      outcome: 'succeeded',
      detail: { kind: settings.kind, events, outcomes, tenants: tenantIds?.length ?? null },
    })
  })
  return { id, signingSecret: secret?.kind === 'webhook' ? secret.signing : null }
}
