import { recordAudit } from '#domain/audit/record-audit.ts'
import type { ChannelDeps } from '#domain/notifications/add-channel.ts'
import type { ChannelSecret, ChannelSettings, ChannelView, EndedOutcome } from '#domain/notifications/channel.ts'
import { dropChannelSecrets, keepChannelSecret } from '#domain/notifications/channel-secrets.ts'
import type { ChannelKey } from '#domain/notifications/delivery.ts'
import { updateChannel } from '#domain/notifications/channels.store.ts'
import {
  describeEvents,
  describeName,
  describeOutcomes,
  describeReceiver,
  nameTaken,
  newSigningSecret,
} from '#domain/notifications/describe-channel.ts'
import type { EmailInput, ReceiverInput } from '#domain/notifications/describe-channel.ts'
import { channelForChange } from '#domain/notifications/find-channel.ts'
import type { ToldEvent } from '#domain/notifications/message.ts'
import type { ReceiverRules } from '#domain/notifications/receiver.ts'
import type { Tx } from '#foundation/db/database.ts'
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
  readonly events?: readonly ToldEvent[]
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
  { db, notify }: ChannelDeps,
  ctx: WorkspaceContext,
  channelId: ChannelId,
  input: ChangeChannelInput,
  check: (current: ChannelView) => void = () => undefined,
): Promise<ChangedChannel> {
  return inWorkspace(db, ctx, async (tx) => {
    const before = await channelForChange(tx, ctx, channelId)
    check(before)
    const name = input.name === undefined ? before.name : describeName(input.name)
    const { settings, secret } = receiverAfter(before.settings, input, notify)
    const isWritten = await updateChannel(tx, ctx, {
      id: channelId,
      name,
      settings,
      events: input.events === undefined ? before.events : describeEvents(input.events),
      outcomes: input.outcomes === undefined ? before.outcomes : describeOutcomes(input.outcomes),
      tenantIds: tenantsAfter(before, input),
    })
    if (!isWritten) throw nameTaken(name)
    const newSecret = await secretAfter(tx, { ctx, channelId }, secret)
    const changed = Object.keys(input).filter((field) => input[field as keyof ChangeChannelInput] !== undefined)
    await recordAudit(tx, ctx, {
      action: 'channel.change',
      subject: { kind: 'notification_channel', id: channelId },
      outcome: 'succeeded',
      detail: { changed },
    })
    return { changed, signingSecret: newSecret?.kind === 'webhook' ? newSecret.signing : null }
  })
}

/** What becomes of the secret, which is not read for it. */
type SecretChange =
  | { readonly to: 'kept' | 'dropped' }
  /** `rotates`: the one before signs too for a day. */
  | { readonly to: 'replaced'; readonly secret: ChannelSecret; readonly rotates: boolean }

interface ReceiverAfter {
  readonly settings: ChannelSettings
  readonly secret: SecretChange
}

const kept = { to: 'kept' } as const

function receiverAfter(before: ChannelSettings, input: ChangeChannelInput, rules: ReceiverRules): ReceiverAfter {
  const { receiver, rotatesSecret } = input
  if (receiver !== undefined && receiver.kind !== before.kind)
    throw new Failure('invalid_input', `A channel of the kind ${before.kind} stays one; add another instead.`)
  if (rotatesSecret && before.kind !== 'webhook')
    throw new Failure('invalid_input', 'Only a webhook has a signing secret to rotate.')
  const after = receiver === undefined ? { settings: before, secret: kept } : describeAfter(before, receiver, rules)
  return rotatesSecret ? { ...after, secret: { to: 'replaced', secret: newSigningSecret(), rotates: true } } : after
}

/** A new address of a webhook does not change what signs; only a rotation does. */
function describeAfter(before: ChannelSettings, receiver: ReceiverInput, rules: ReceiverRules): ReceiverAfter {
  if (keepsPassword(before, receiver)) {
    const { settings } = describeReceiver({ ...receiver, password: 'as before' }, rules)
    return { settings, secret: kept }
  }
  const { settings, secret } = describeReceiver(receiver, rules)
  if (settings.kind === 'webhook') return { settings, secret: kept }
  return { settings, secret: secret === null ? { to: 'dropped' } : { to: 'replaced', secret, rotates: false } }
}

/** The password stays with the server it was given for: whoever names another one has to know it. */
function keepsPassword(before: ChannelSettings, receiver: ReceiverInput): receiver is EmailInput {
  if (receiver.kind !== 'email' || receiver.username === undefined || receiver.password !== undefined) return false
  if (before.kind !== 'email' || before.username === null) return false
  const isSameServer =
    receiver.host === before.host && receiver.port === before.port && receiver.security === before.security
  if (isSameServer && receiver.username === before.username) return true
  throw new Failure('invalid_input', 'Give the password again: it is sent to another server, or is another user’s.')
}

/** Resolves to the new secret, if there is one. */
async function secretAfter(tx: Tx, key: ChannelKey, change: SecretChange): Promise<ChannelSecret | null> {
  switch (change.to) {
    case 'kept':
      return null
    case 'dropped':
      await dropChannelSecrets(tx, key)
      return null
    case 'replaced':
      await keepChannelSecret(tx, key, change.secret, { alsoKeepsLast: change.rotates })
      return change.secret
  }
}

function tenantsAfter(before: ChannelView, { tenantIds }: ChangeChannelInput): readonly TenantId[] | null {
  if (tenantIds === undefined) return before.tenants?.map(({ id }) => id) ?? null
  if (tenantIds?.length === 0) throw new Failure('invalid_input', 'Name at least one tenant, or all.')
  return tenantIds && [...new Set(tenantIds)]
}
