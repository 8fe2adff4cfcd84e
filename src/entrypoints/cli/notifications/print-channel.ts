import { badgeOf } from '#contract/badges.ts'
import type { ChannelSettings, ChannelView } from '#domain/notifications/channel.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Fact } from '#entrypoints/cli/output/print.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'
import { channelDocument } from '#entrypoints/documents/channel-document.ts'
import type { ChannelDocument } from '#entrypoints/documents/channel-document.ts'

export const channelColumns: readonly Column<ChannelDocument>[] = [
  { key: 'name', header: 'CHANNEL', cell: ({ name }) => name },
  { key: 'kind', header: 'KIND', keepsWidth: true, cell: ({ kind }) => kind },
  { key: 'receiver', header: 'SENDS TO', cell: (channel) => receiverWords(settingsOf(channel)) },
  { key: 'outcomes', header: 'WHEN A RUN', isMinor: true, cell: ({ outcomes }) => outcomeWords(outcomes) },
  { key: 'tenants', header: 'OF', isMinor: true, cell: tenantWords },
  {
    key: 'state',
    header: 'STATUS',
    keepsWidth: true,
    cell: ({ pausedAt }) => badgeOf('channelState', pausedAt === null ? 'active' : 'paused'),
  },
]

/** Prints one channel; `signingSecret` where it was just made, and never again. */
export async function printChannel(cli: Cli, channel: ChannelView, signingSecret?: string | null): Promise<void> {
  const document = channelDocument(channel)
  const facts: Fact[] = [
    ['Channel', document.name],
    ['Kind', document.kind],
    ['Sends to', receiverWords(channel.settings)],
    ['When a run', outcomeWords(document.outcomes)],
    ['Of', tenantWords(document)],
    ['Status', badgeOf('channelState', document.pausedAt === null ? 'active' : 'paused')],
    ['Changed', ago(document.changedAt)],
    ['Id', document.id],
    ...(signingSecret ? [['Signing secret', signingSecret] as const] : []),
  ]
  await cli.printer.detail({ document: signingSecret ? { ...document, signingSecret } : document, facts })
  if (signingSecret) cli.terminal.say('Give the signing secret to the receiver now: it is not shown again.')
}

/** Safe: the document has them taken apart. */
function settingsOf({ kind, settings }: ChannelDocument): ChannelSettings {
  const whole: unknown = { kind, ...settings }
  return whole as ChannelSettings
}

function receiverWords(settings: ChannelSettings): string {
  switch (settings.kind) {
    case 'email':
      return `${settings.to.join(', ')} through ${settings.host}:${settings.port}`
    case 'teams':
      return `the workflow at ${settings.host}`
    case 'webhook':
      return settings.url
  }
}

function outcomeWords(outcomes: readonly string[]): string {
  return outcomes.map((outcome) => badgeOf('runOutcome', outcome).word.toLowerCase()).join(', ')
}

function tenantWords({ tenants }: Pick<ChannelDocument, 'tenants'>): string {
  return tenants === null ? 'all tenants' : tenants.map(({ name }) => name).join(', ')
}
