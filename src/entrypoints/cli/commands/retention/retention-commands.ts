import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

export const retentionCommands: NounSpec = {
  noun: 'retention',
  summary: 'Retention: how long runs, audit entries and backups are kept',
  commands: [
    {
      usage: 'show',
      summary: 'Show how long this workspace keeps things',
      examples: ['tenantatlas retention show'],
      load: () => import('#entrypoints/cli/commands/retention/show.ts').then((module) => module.retentionShow),
    },
    {
      usage: 'set',
      summary: 'Change how long this workspace keeps things, from the next nightly pruning on',
      options: [
        { flags: '--runs-days <days>', description: 'ended runs, with their items (7 to 3650)' },
        { flags: '--audit-days <days>', description: 'audit entries (30 to 3650)' },
        {
          flags: '--backups-keep-last <count>',
          description: 'the newest backups of a tenant, or "none" for no such rule',
        },
        { flags: '--backups-keep-days <days>', description: 'backups younger than that, or "none" for no such rule' },
      ],
      description:
        'A backup that any rule keeps is kept; without a rule all are. Pinned backups, the newest, and those a restore refers to are never removed.',
      examples: [
        'tenantatlas retention set --backups-keep-last 30 --backups-keep-days 365',
        'tenantatlas retention set --runs-days 180 --backups-keep-last none',
      ],
      load: () => import('#entrypoints/cli/commands/retention/set.ts').then((module) => module.retentionSet),
    },
  ],
}
