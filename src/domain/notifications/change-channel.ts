import { recordAudit } from '#domain/audit/record-audit.ts'
import type { ChannelDeps } from '#domain/notifications/add-channel.ts'
import { openChannelSecret, sealChannelSecret } from '#domain/notifications/channel.ts'
import type { ChannelSecret, ChannelView, EndedOutcome } from '#domain/notifications/channel.ts'
import { updateChannel } from '#domain/notifications/channels.store.ts'
import type { ChannelRow } from '#domain/notifications/channels.store.ts'
import {
  describeName,
  describeOutcomes,
  describeReceiver,
  nameTaken,
  newSigningSecret,
} from '#domain/notifications/describe-channel.ts'
import type { DescribedChannel, ReceiverInput } from '#domain/notifications/describe-channel.ts'
import { channelForChange } from '#domain/notifications/find-channel.ts'
import type { ReceiverRules } from '#domain/notifications/receiver.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ChannelId, TenantId } from '#foundation/kernel/ids.ts'

export interface ChangeChannelInput {
  readonly name?: string
  /** Of the same kind as before. */
  readonly receiver?: ReceiverInput
  /** Of a webhook: a new signing secret. The one before signs too for a day. */
  readonly rotatesSecret?: boolean
  readonly outcomes?: readonly EndedOutcome[]
  /** Null: all, and runs of the workspace itself. */
  readonly tenantIds?: readonly TenantId[] | null
}

export interface ChangedChannel {
  readonly changed: readonly string[]
  /** Of a webhook whose secret was rotated: shown this once and never again. */
  readonly signingSecret: string | null
}

/**
 * Changes what is given of a channel and leaves the rest. `check` sees it as it is, locked, and refuses by throwing.
 * @throws Failure `invalid_input` that names the field, `not_found` also of a tenant, `conflict` when the name is taken
 */
export async function changeChannel(
  { db, sealer, notify }: ChannelDeps,
  ctx: WorkspaceContext,
  channelId: ChannelId,
  input: ChangeChannelInput,
  check: (current: ChannelView) => void = () => undefined,
): Promise<ChangedChannel> {
  return inWorkspace(db, ctx, async (tx) => {
    const before = await channelForChange(tx, ctx, channelId)
    check(before)
    const name = input.name === undefined ? before.name : describeName(input.name)
    const place = { workspaceId: ctx.workspaceId, channelId }
    const stored = before.sealed === null ? null : openChannelSecret(sealer, before.sealed, place)
    const { settings, secret } = receiverAfter({ settings: before.settings, secret: stored }, input, notify)
    const isWritten = await updateChannel(tx, ctx, {
      id: channelId,
      name,
      settings,
      sealed: secret && sealChannelSecret(sealer, secret, place),
      outcomes: input.outcomes === undefined ? before.outcomes : describeOutcomes(input.outcomes),
      tenantIds: tenantsAfter(before, input),
      hasNewSecret: input.rotatesSecret === true,
    })
    if (!isWritten) throw nameTaken(name)
    const changed = Object.keys(input).filter((field) => input[field as keyof ChangeChannelInput] !== undefined)
    await recordAudit(tx, ctx, {
      action: 'channel.change',
      subject: { kind: 'notification_channel', id: channelId },
      outcome: 'succeeded',
      detail: { changed },
    })
    return { changed, signingSecret: input.rotatesSecret && secret?.kind === 'webhook' ? secret.signing : null }
  })
}

function receiverAfter(before: DescribedChannel, input: ChangeChannelInput, rules: ReceiverRules): DescribedChannel {
  const { receiver, rotatesSecret } = input
  if (receiver !== undefined && receiver.kind !== before.settings.kind)
    throw new Failure('invalid_input', `A channel of the kind ${before.settings.kind} stays one; add another instead.`)
  const given = receiver === undefined ? before : describeReceiver(withPassword(receiver, before), rules)
  return { settings: given.settings, secret: secretAfter(before.secret, given.secret, rotatesSecret === true) }
}

/** The password stays with the server it was given for: whoever names another one has to know it. */
function withPassword(receiver: ReceiverInput, { settings, secret }: DescribedChannel): ReceiverInput {
  if (receiver.kind !== 'email' || receiver.username === undefined || receiver.password !== undefined) return receiver
  if (settings.kind !== 'email' || secret?.kind !== 'email') return receiver
  const isSameServer =
    receiver.host === settings.host && receiver.port === settings.port && receiver.security === settings.security
  if (isSameServer && receiver.username === settings.username) return { ...receiver, password: secret.password }
  throw new Failure('invalid_input', 'Give the password again: it is sent to another server, or is another user’s.')
}

/** A new address of a webhook does not change what signs; only a rotation does. */
function secretAfter(before: ChannelSecret | null, given: ChannelSecret | null, rotates: boolean) {
  if (!rotates) return before?.kind === 'webhook' ? before : given
  if (before?.kind !== 'webhook') throw new Failure('invalid_input', 'Only a webhook has a signing secret to rotate.')
  return newSigningSecret(before.signing)
}

function tenantsAfter(before: ChannelRow, { tenantIds }: ChangeChannelInput): readonly TenantId[] | null {
  if (tenantIds === undefined) return before.tenants?.map(({ id }) => id) ?? null
  if (tenantIds?.length === 0) throw new Failure('invalid_input', 'Name at least one tenant, or all.')
  return tenantIds && [...new Set(tenantIds)]
}
