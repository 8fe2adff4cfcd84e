import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption, runArgument } from '#entrypoints/cli/shared-options.ts'

export const runCommands: NounSpec = {
  noun: 'run',
  summary: 'Operation runs: what is done, was done, and how it ended',
  commands: [
    {
      usage: 'list',
      summary: 'List runs, the newest first',
      options: [
        {
          flags: '--status <status>',
          description: 'only runs in this status',
          choices: ['queued', 'running', 'completed'],
        },
        {
          flags: '--outcome <outcome>',
          description: 'only runs that ended so',
          choices: ['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'],
        },
        { flags: '--type <type>', description: 'only runs of this type, such as inventory.sync' },
        limitOption,
      ],
      examples: ['tenantatlas run list', 'tenantatlas run list --outcome failed -o json'],
      load: () => import('#entrypoints/cli/commands/run/list.ts').then((module) => module.runList),
    },
    {
      usage: 'show <run>',
      summary: 'Show one run: counts, failures and what to do next',
      arguments: { run: runArgument },
      options: [{ flags: '--items', description: 'with every item' }],
      examples: ['tenantatlas run show 0190…'],
      load: () => import('#entrypoints/cli/commands/run/show.ts').then((module) => module.runShow),
    },
    {
      usage: 'watch <run>',
      summary: 'Follow a run until it ends',
      arguments: { run: runArgument },
      examples: ['tenantatlas run watch 0190…'],
      load: () => import('#entrypoints/cli/commands/run/watch.ts').then((module) => module.runWatch),
    },
    {
      usage: 'cancel <run>',
      summary: 'Stop a run after the item it is working on',
      arguments: { run: runArgument },
      examples: ['tenantatlas run cancel 0190…'],
      load: () => import('#entrypoints/cli/commands/run/cancel.ts').then((module) => module.runCancel),
    },
  ],
}
