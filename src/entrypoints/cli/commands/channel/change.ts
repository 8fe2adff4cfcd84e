import { changeChannel } from '#domain/notifications/change-channel.ts'
import { findChannel } from '#domain/notifications/find-channel.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { outcomesGiven, tenantsGiven } from '#entrypoints/cli/notifications/audience-options.ts'
import type { AudienceOptions } from '#entrypoints/cli/notifications/audience-options.ts'
import { printChannel } from '#entrypoints/cli/notifications/print-channel.ts'
import { receiverGiven } from '#entrypoints/cli/notifications/receiver-options.ts'
import type { ReceiverOptions } from '#entrypoints/cli/notifications/receiver-options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

type Options = ReceiverOptions & AudienceOptions & { name?: string; forAll?: true; rotateSecret?: true }

export const channelChange: Command<Options> = async (cli, [text = ''], options) => {
  const { name, forAll, rotateSecret } = options
  if (forAll && options.for !== undefined) throw new Failure('invalid_input', 'Give --for or --for-all, not both.')
  const outcomes = outcomesGiven(options)
  await using session = await openSession(cli)
  const found = await findChannel(session.product.db, session.ctx, text)
  const receiver = await receiverGiven(cli, found.settings.kind, options, found.settings)
  const tenantIds = forAll ? null : await tenantsGiven(session, options)
  const change = {
    ...(name !== undefined && { name }),
    ...(receiver && { receiver }),
    ...(rotateSecret && { rotatesSecret: true }),
    ...(outcomes && { outcomes }),
    ...(tenantIds !== undefined && { tenantIds }),
  }
  if (Object.keys(change).length === 0) throw new Failure('invalid_input', 'Say what to change; see --help.')
  const { signingSecret } = await changeChannel(session.product, session.ctx, found.id, change)
  await printChannel(cli, await findChannel(session.product.db, session.ctx, found.id), signingSecret)
}
