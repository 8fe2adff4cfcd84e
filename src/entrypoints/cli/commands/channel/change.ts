import type { ChannelDocument } from '#contract/api/channels.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { eventsGiven, outcomesGiven } from '#entrypoints/cli/notifications/audience-options.ts'
import type { AudienceOptions } from '#entrypoints/cli/notifications/audience-options.ts'
import { findChannel } from '#entrypoints/cli/notifications/find-channel.ts'
import { printChannel } from '#entrypoints/cli/notifications/print-channel.ts'
import { receiverGiven } from '#entrypoints/cli/notifications/receiver-options.ts'
import type { ReceiverOptions } from '#entrypoints/cli/notifications/receiver-options.ts'
import { readForChange } from '#entrypoints/cli/server/read-for-change.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'
import { tenantsNamed } from '#entrypoints/cli/tenants-named.ts'

type Options = ReceiverOptions & AudienceOptions & { name?: string; forAll?: true; rotateSecret?: true }

export const channelChange: Command<Options> = async (cli, [text = ''], options) => {
  if (options.forAll && options.for !== undefined)
    throw new Failure('invalid_input', 'Give --for or --for-all, not both.')
  const session = await openSession(cli)
  const { api, at } = session
  const channel = (await findChannel(session, text)).id
  const { found, ifUnchanged } = await readForChange((read) => api.channels.get({ ...at, channel }, read))
  const changes = await changesOf(cli, session, found, options)
  const hasChanges = Object.keys(changes).length > 0
  if (!hasChanges && !options.rotateSecret) throw new Failure('invalid_input', 'Say what to change; see --help.')
  const changed = hasChanges ? await api.channels.change({ ...at, channel, ...changes }, ifUnchanged) : found
  await printChannel(cli, options.rotateSecret ? await api.channels.rotateSecret({ ...at, channel }) : changed)
}

async function changesOf(cli: Cli, session: Session, before: ChannelDocument, options: Options) {
  const { name, forAll } = options
  const events = eventsGiven(options)
  const outcomes = outcomesGiven(options)
  const receiver = await receiverGiven(cli, before.kind, options, before.settings)
  const tenants = forAll ? null : options.for && (await tenantsNamed(session, options.for))
  return {
    ...(name !== undefined && { name }),
    ...(receiver && { receiver }),
    ...(events && { events }),
    ...(outcomes && { outcomes }),
    ...(tenants !== undefined && { tenants }),
  }
}
