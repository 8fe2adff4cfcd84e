import type { NounSpec, OptionSpec } from '#entrypoints/cli/command-spec.ts'

const typeOption: OptionSpec = {
  flags: '--type <type>',
  description: 'this operation, in all tenants; may be given several times',
  isList: true,
}
const workspaceOption: OptionSpec = {
  flags: '--workspace-runs',
  description: 'the runs of the workspace itself, which belong to no tenant',
}

export const queueCommands: NounSpec = {
  noun: 'queue',
  summary: 'What waits, what holds it back, and how much runs at once',
  commands: [
    {
      usage: 'show',
      summary: 'Show what waits and runs per tenant, and what is paused, throttled or limited',
      examples: ['tenantatlas queue show', 'tenantatlas queue show -o json'],
      load: () => import('#entrypoints/cli/commands/queue/show.ts').then((module) => module.queueShow),
    },
    {
      usage: 'pause',
      summary: 'Hold back the waiting runs of a tenant or of an operation; what runs goes on',
      description: 'Say what with --tenant, --type or --workspace-runs. Starts are still taken; they wait.',
      options: [typeOption, workspaceOption, { flags: '--reason <text>', description: 'shown to others (required)' }],
      examples: [
        'tenantatlas queue pause --tenant "Contoso" --reason "change freeze until Monday"',
        'tenantatlas queue pause --type assignments.restore --reason "incident 4711"',
      ],
      load: () => import('#entrypoints/cli/commands/queue/pause.ts').then((module) => module.queuePause),
    },
    {
      usage: 'resume',
      summary: 'Let what was paused start again',
      options: [typeOption, workspaceOption],
      examples: ['tenantatlas queue resume --tenant "Contoso"', 'tenantatlas queue resume --type assignments.restore'],
      load: () => import('#entrypoints/cli/commands/queue/pause.ts').then((module) => module.queueResume),
    },
    {
      usage: 'limit <count>',
      summary: 'Set how many runs of a tenant work at once (1 unless set)',
      arguments: { count: 'whole number from 1 to 16' },
      options: [workspaceOption],
      examples: ['tenantatlas queue limit 2 --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/queue/limit.ts').then((module) => module.queueLimit),
    },
  ],
}
