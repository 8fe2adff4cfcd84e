import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption, overrideOptions, runArgument } from '#entrypoints/cli/shared-options.ts'

export const runCommands: NounSpec = {
  noun: 'run',
  summary: 'Operation runs: what is done, was done, and how it ended',
  commands: [
    {
      usage: 'list',
      summary: 'List runs, the newest first',
      description: 'Without --since, those of the last 30 days. Options that name a kind may be given several times.',
      options: [
        {
          flags: '--type <type>',
          description: 'only runs of this operation, such as inventory.sync',
          isList: true,
        },
        {
          flags: '--status <status>',
          description: 'only runs in this status',
          choices: ['queued', 'running', 'completed'],
          isList: true,
        },
        {
          flags: '--outcome <outcome>',
          description: 'only runs that ended so',
          choices: ['succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled'],
          isList: true,
        },
        {
          flags: '--freshness <state>',
          description: 'only runs that have not ended and are like that, however old',
          choices: ['late', 'stuck'],
          isList: true,
        },
        { flags: '--since <moment>', description: 'created since: 24h, 7d, 2026-11-28, 2026-11-28T14:30:00Z' },
        { flags: '--until <moment>', description: 'created before' },
        { flags: '--initiator <name>', description: 'started by this person; "me" for yourself' },
        {
          flags: '--trigger <trigger>',
          description: 'started like that',
          choices: ['user', 'schedule', 'api', 'system', 'reconcile'],
          isList: true,
        },
        limitOption,
        { flags: '--cursor <cursor>', description: 'the next page, as the last one named it' },
      ],
      examples: [
        'tenantatlas run list',
        'tenantatlas run list --freshness late --freshness stuck',
        'tenantatlas run list --outcome failed --since 24h --initiator me -o json',
      ],
      load: () => import('#entrypoints/cli/commands/run/list.ts').then((module) => module.runList),
    },
    {
      usage: 'show <run>',
      summary: 'Show one run: what happened, counts, failures and what to do next',
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
      summary: 'End a queued run at once, or a running one after the item it is working on',
      arguments: { run: runArgument },
      examples: ['tenantatlas run cancel 0190…'],
      load: () => import('#entrypoints/cli/commands/run/cancel.ts').then((module) => module.runCancel),
    },
    {
      usage: 'retry <run>',
      summary: 'Start the operation of a run that did not succeed again, with the same input',
      arguments: { run: runArgument },
      options: overrideOptions,
      examples: [
        'tenantatlas run retry 0190…',
        'tenantatlas run retry 0190… --override-cooldown --reason "the app registration has its consent now"',
      ],
      load: () => import('#entrypoints/cli/commands/run/retry.ts').then((module) => module.runRetry),
    },
  ],
}
