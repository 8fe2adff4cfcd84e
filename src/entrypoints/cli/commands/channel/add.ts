import type { ChannelDocument } from '#contract/api/channels.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { eventsGiven, outcomesGiven } from '#entrypoints/cli/notifications/audience-options.ts'
import type { AudienceOptions } from '#entrypoints/cli/notifications/audience-options.ts'
import { printChannel } from '#entrypoints/cli/notifications/print-channel.ts'
import { receiverGiven } from '#entrypoints/cli/notifications/receiver-options.ts'
import type { ReceiverOptions } from '#entrypoints/cli/notifications/receiver-options.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import { tenantsNamed } from '#entrypoints/cli/tenants-named.ts'

type Options = ReceiverOptions & AudienceOptions & { kind?: ChannelDocument['kind'] }

export const channelAdd: Command<Options> = async (cli, [name = ''], options) => {
  const { kind } = options
  if (kind === undefined)
    throw new Failure('invalid_input', 'Say how it is reached with --kind email, teams or webhook.')
  const events = eventsGiven(options)
  const outcomes = outcomesGiven(options)
  const receiver = await receiverGiven(cli, kind, options)
  if (receiver === undefined) throw new Failure('invalid_input', `Say where it sends to with ${whereOption[kind]}.`)
  const session = await openSession(cli)
  const tenants = options.for && (await tenantsNamed(session, options.for))
  const added = await session.api.channels.add({
    ...session.at,
    name,
    receiver,
    ...(events && { events }),
    ...(outcomes && { outcomes }),
    ...(tenants && { tenants }),
  })
  await printChannel(cli, added)
  cli.terminal.say(`Next: tenantatlas channel test "${added.name}"`)
}

const whereOption = {
  email: '--host, --from and --to',
  teams: '--url-file',
  webhook: '--url',
} as const satisfies Record<ChannelDocument['kind'], string>
