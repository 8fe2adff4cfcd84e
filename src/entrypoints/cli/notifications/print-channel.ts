import type { ChannelDocument, ChannelSettings } from '#contract/api/channels.ts'
import { badgeOf } from '#contract/badges.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import type { Fact } from '#entrypoints/cli/output/print.ts'
import type { Column } from '#entrypoints/cli/output/table.ts'

export const channelColumns: readonly Column<ChannelDocument>[] = [
  { key: 'name', header: 'CHANNEL', cell: ({ name }) => name },
  { key: 'kind', header: 'KIND', keepsWidth: true, cell: ({ kind }) => kind },
  { key: 'receiver', header: 'SENDS TO', cell: ({ settings }) => receiverWords(settings) },
  { key: 'events', header: 'TOLD OF', isMinor: true, cell: ({ events }) => eventWords(events) },
  { key: 'outcomes', header: 'WHEN A RUN', isMinor: true, cell: ({ outcomes }) => outcomeWords(outcomes) },
  { key: 'tenants', header: 'OF', isMinor: true, cell: tenantWords },
  {
    key: 'state',
    header: 'STATUS',
    keepsWidth: true,
    cell: ({ pausedAt }) => badgeOf('channelState', pausedAt === null ? 'active' : 'paused'),
  },
]

/** Prints one channel; with what signs where that was just made, and never again. */
export async function printChannel(
  cli: Cli,
  document: ChannelDocument & { readonly signingSecret?: string | undefined },
): Promise<void> {
  const { signingSecret } = document
  const facts: Fact[] = [
    ['Channel', document.name],
    ['Kind', document.kind],
    ['Sends to', receiverWords(document.settings)],
    ['Told of', eventWords(document.events)],
    ['When a run', outcomeWords(document.outcomes)],
    ['Of', tenantWords(document)],
    ['Status', badgeOf('channelState', document.pausedAt === null ? 'active' : 'paused')],
    ['Changed', ago(document.changedAt)],
    ['Id', document.id],
    ...(signingSecret === undefined ? [] : [['Signing secret', signingSecret] as const]),
  ]
  await cli.printer.detail({ document, facts })
  if (signingSecret !== undefined)
    cli.terminal.say('Give the signing secret to the receiver now: it is not shown again.')
}

function receiverWords(settings: ChannelSettings): string {
  if ('url' in settings) return settings.url
  if ('port' in settings) return `${settings.to.join(', ')} through ${settings.host}:${settings.port}`
  return `the workflow at ${settings.host}`
}

function eventWords(events: ChannelDocument['events']): string {
  return events.map((event) => wordsOf[event]).join(', ')
}

const wordsOf = {
  'run.completed': 'runs that end',
  'credential.expiring': 'credentials that end soon',
  'credential.expired': 'credentials that have ended',
} as const satisfies Record<ChannelDocument['events'][number], string>

function outcomeWords(outcomes: readonly string[]): string {
  return outcomes.map((outcome) => badgeOf('runOutcome', outcome).word.toLowerCase()).join(', ')
}

function tenantWords({ tenants }: Pick<ChannelDocument, 'tenants'>): string {
  return tenants === null ? 'all tenants' : tenants.map(({ name }) => name).join(', ')
}
