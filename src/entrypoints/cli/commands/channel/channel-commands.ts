import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { audienceOptions } from '#entrypoints/cli/notifications/audience-options.ts'
import { receiverOptions } from '#entrypoints/cli/notifications/receiver-options.ts'
import { limitOption } from '#entrypoints/cli/shared-options.ts'

const channelArgument = { channel: 'name or id of the channel' }

export const channelCommands: NounSpec = {
  noun: 'channel',
  summary: 'Who outside is told how runs end, and that credentials do: by e-mail, in Teams, by webhook',
  commands: [
    {
      usage: 'list',
      summary: 'List the channels',
      examples: ['tenantatlas channel list'],
      load: () => import('#entrypoints/cli/commands/channel/list.ts').then((module) => module.channelList),
    },
    {
      usage: 'show <channel>',
      summary: 'Show one channel, never what is secret of it',
      arguments: channelArgument,
      examples: ['tenantatlas channel show "Operations"'],
      load: () => import('#entrypoints/cli/commands/channel/show.ts').then((module) => module.channelShow),
    },
    {
      usage: 'add <name>',
      summary: 'Tell a receiver how runs end, and that credentials do, from now on',
      description:
        'Without --event it is told of everything; of runs, without --outcome, what needs somebody: partially_succeeded, failed, blocked.\nSecrets are read from a file, or from standard input with "-"; never from the command line, which others can see.',
      arguments: { name: 'how the channel is called here' },
      options: [
        {
          flags: '--kind <kind>',
          description: 'how it is reached (required)',
          choices: ['email', 'teams', 'webhook'],
        },
        ...receiverOptions,
        ...audienceOptions,
      ],
      examples: [
        'tenantatlas channel add "Operations" --kind teams --url-file workflow.txt',
        'tenantatlas channel add "Ticketing" --kind webhook --url https://tickets.example.com/tenantatlas --outcome failed',
        'tenantatlas channel add "Night shift" --kind email --host smtp.example.com --username mailer --password-file - --from tenantatlas@example.com --to night@example.com',
      ],
      load: () => import('#entrypoints/cli/commands/channel/add.ts').then((module) => module.channelAdd),
    },
    {
      usage: 'change <channel>',
      summary: 'Change what is given of a channel and leave the rest',
      arguments: channelArgument,
      options: [
        { flags: '--name <name>', description: 'a new name' },
        ...receiverOptions,
        ...audienceOptions,
        { flags: '--for-all', description: 'all tenants, and runs of the workspace itself' },
        {
          flags: '--rotate-secret',
          description: 'webhook: a new signing secret; the old one signs too for a day',
        },
      ],
      examples: [
        'tenantatlas channel change "Ticketing" --rotate-secret',
        'tenantatlas channel change "Ticketing" --event credential.expiring --event credential.expired',
        'tenantatlas channel change "Operations" --for "Contoso" --outcome failed --outcome blocked',
      ],
      load: () => import('#entrypoints/cli/commands/channel/change.ts').then((module) => module.channelChange),
    },
    {
      usage: 'test <channel>',
      summary: 'Send a test now and say what the receiver answers',
      arguments: channelArgument,
      examples: ['tenantatlas channel test "Operations"'],
      load: () => import('#entrypoints/cli/commands/channel/test.ts').then((module) => module.channelTest),
    },
    {
      usage: 'pause <channel>',
      summary: 'Send nothing until it is resumed; what happens meanwhile waits',
      arguments: channelArgument,
      examples: ['tenantatlas channel pause "Ticketing"'],
      load: () => import('#entrypoints/cli/commands/channel/pause.ts').then((module) => module.channelPause),
    },
    {
      usage: 'resume <channel>',
      summary: 'Send again, what waited first',
      arguments: channelArgument,
      examples: ['tenantatlas channel resume "Ticketing"'],
      load: () => import('#entrypoints/cli/commands/channel/pause.ts').then((module) => module.channelResume),
    },
    {
      usage: 'remove <channel>',
      summary: 'Remove a channel, its secret and its delivery log',
      arguments: channelArgument,
      examples: ['tenantatlas channel remove "Ticketing" --yes'],
      load: () => import('#entrypoints/cli/commands/channel/remove.ts').then((module) => module.channelRemove),
    },
    {
      usage: 'deliveries [channel]',
      summary: 'List what was sent and is to be sent, the newest first',
      arguments: channelArgument,
      options: [
        {
          flags: '--state <state>',
          description: 'only deliveries in this state',
          choices: ['waiting', 'sending', 'delivered', 'failed', 'given_up'],
        },
        limitOption,
      ],
      examples: ['tenantatlas channel deliveries', 'tenantatlas channel deliveries "Ticketing" --state given_up'],
      load: () => import('#entrypoints/cli/commands/channel/deliveries.ts').then((module) => module.channelDeliveries),
    },
    {
      usage: 'retry <delivery>',
      summary: 'Send a delivery again that failed or was given up',
      arguments: { delivery: 'id of the delivery; its last characters are enough' },
      examples: ['tenantatlas channel retry 0190…'],
      load: () => import('#entrypoints/cli/commands/channel/retry.ts').then((module) => module.channelRetry),
    },
  ],
}
