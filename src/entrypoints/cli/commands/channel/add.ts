import { addChannel } from '#domain/notifications/add-channel.ts'
import type { ChannelKind } from '#domain/notifications/channel.ts'
import { findChannel } from '#domain/notifications/find-channel.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { outcomesGiven, tenantsGiven } from '#entrypoints/cli/notifications/audience-options.ts'
import type { AudienceOptions } from '#entrypoints/cli/notifications/audience-options.ts'
import { printChannel } from '#entrypoints/cli/notifications/print-channel.ts'
import { receiverGiven } from '#entrypoints/cli/notifications/receiver-options.ts'
import type { ReceiverOptions } from '#entrypoints/cli/notifications/receiver-options.ts'
import { openSession } from '#entrypoints/cli/session.ts'

type Options = ReceiverOptions & AudienceOptions & { kind?: ChannelKind }

export const channelAdd: Command<Options> = async (cli, [name = ''], options) => {
  const { kind } = options
  if (kind === undefined)
    throw new Failure('invalid_input', 'Say how it is reached with --kind email, teams or webhook.')
  const outcomes = outcomesGiven(options)
  const receiver = await receiverGiven(cli, kind, options)
  if (receiver === undefined) throw new Failure('invalid_input', `Say where it sends to with ${whereOption[kind]}.`)
  await using session = await openSession(cli)
  const tenantIds = await tenantsGiven(session, options)
  const { id, signingSecret } = await addChannel(session.product, session.ctx, {
    name,
    receiver,
    ...(outcomes && { outcomes }),
    ...(tenantIds && { tenantIds }),
  })
  await printChannel(cli, await findChannel(session.product.db, session.ctx, id), signingSecret)
  cli.terminal.say(`Next: tenantatlas channel test "${name.trim()}"`)
}

const whereOption = {
  email: '--host, --from and --to',
  teams: '--url-file',
  webhook: '--url',
} as const satisfies Record<ChannelKind, string>
