import type { NounSpec, OptionSpec } from '#entrypoints/cli/command-spec.ts'

const scheduleArgument = 'name or id of the schedule; the last characters of the id are enough'
const cronOption: OptionSpec = {
  flags: '--cron <expression>',
  description: 'minute, hour, day of month, month, day of week: "0 2 * * *" is every night at 02:00',
}
const timeZoneOption: OptionSpec = {
  flags: '--time-zone <zone>',
  description: 'of the IANA database, such as Europe/Berlin',
}
const catchUpOption: OptionSpec = {
  flags: '--catch-up <when>',
  description: 'what becomes of a slot that was missed while nothing ran: once (the default) or never',
  choices: ['once', 'never'],
}
const jitterOption: OptionSpec = {
  flags: '--jitter <seconds>',
  description: 'over how long starts are spread (default a tenth of the interval, at most 15 minutes)',
}

export const scheduleCommands: NounSpec = {
  noun: 'schedule',
  summary: 'Schedules: what starts by itself, when, and what became of it',
  commands: [
    {
      usage: 'create <name>',
      summary: 'Make a schedule, by default of backups',
      arguments: { name: 'what people call it' },
      options: [
        cronOption,
        { ...timeZoneOption, description: `${timeZoneOption.description} (default: that of this machine)` },
        { flags: '--all-tenants', description: 'every tenant of the workspace, also those that come later' },
        {
          flags: '--type <operation>',
          description: 'the operation it starts, such as inventory.sync (default backup.capture)',
        },
        { flags: '--note <text>', description: 'the note of every backup' },
        catchUpOption,
        jitterOption,
      ],
      examples: [
        'tenantatlas schedule create "Nightly" --cron "0 2 * * *" --time-zone Europe/Berlin --all-tenants',
        'tenantatlas schedule create "Hourly sync" --cron "@hourly" --type inventory.sync --tenant "Contoso"',
      ],
      load: () => import('#entrypoints/cli/commands/schedule/create.ts').then((module) => module.scheduleCreate),
    },
    {
      usage: 'list',
      summary: 'List schedules and when they start next',
      options: [{ flags: '--system', description: "with TenantAtlas' own" }],
      examples: ['tenantatlas schedule list', 'tenantatlas schedule list --system'],
      load: () => import('#entrypoints/cli/commands/schedule/list.ts').then((module) => module.scheduleList),
    },
    {
      usage: 'show <schedule>',
      summary: 'Show one schedule, its next times and what became of the latest ones',
      arguments: { schedule: scheduleArgument },
      examples: ['tenantatlas schedule show "Nightly"'],
      load: () => import('#entrypoints/cli/commands/schedule/show.ts').then((module) => module.scheduleShow),
    },
    {
      usage: 'change <schedule>',
      summary: 'Change name or times of a schedule; its next start is the first by the new times',
      arguments: { schedule: scheduleArgument },
      options: [
        { flags: '--name <name>', description: 'the new name' },
        cronOption,
        timeZoneOption,
        catchUpOption,
        jitterOption,
      ],
      examples: ['tenantatlas schedule change "Nightly" --cron "30 3 * * *"'],
      load: () => import('#entrypoints/cli/commands/schedule/change.ts').then((module) => module.scheduleChange),
    },
    {
      usage: 'pause <schedule>',
      summary: 'Start nothing of a schedule until it is resumed; what runs goes on',
      arguments: { schedule: scheduleArgument },
      examples: ['tenantatlas schedule pause "Nightly"'],
      load: () => import('#entrypoints/cli/commands/schedule/pause.ts').then((module) => module.schedulePause),
    },
    {
      usage: 'resume <schedule>',
      summary: 'Let a paused schedule start again, from its next time on',
      arguments: { schedule: scheduleArgument },
      examples: ['tenantatlas schedule resume "Nightly"'],
      load: () => import('#entrypoints/cli/commands/schedule/pause.ts').then((module) => module.scheduleResume),
    },
    {
      usage: 'remove <schedule>',
      summary: 'Remove a schedule; the runs it started stay',
      arguments: { schedule: scheduleArgument },
      examples: ['tenantatlas schedule remove "Nightly"'],
      load: () => import('#entrypoints/cli/commands/schedule/remove.ts').then((module) => module.scheduleRemove),
    },
  ],
}
