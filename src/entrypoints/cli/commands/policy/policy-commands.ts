import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption, typeOption, policyArgument } from '#entrypoints/cli/shared-options.ts'

export const policyCommands: NounSpec = {
  noun: 'policy',
  summary: 'Policies as last observed',
  commands: [
    {
      usage: 'list',
      summary: 'List policies of a tenant',
      options: [
        typeOption,
        { flags: '--search <text>', description: 'only names with this text' },
        {
          flags: '--state <state>',
          description: 'only those in this state (default present)',
          choices: ['present', 'assigned', 'unassigned', 'stale', 'unread', 'missing', 'all'],
        },
        { flags: '--sort <order>', description: 'order (default name)', choices: ['name', 'modified', 'observed'] },
        limitOption,
      ],
      examples: [
        'tenantatlas policy list --tenant "Contoso"',
        'tenantatlas policy list --type mobileApps --search browser',
      ],
      load: () => import('#entrypoints/cli/commands/policy/list.ts').then((module) => module.policyList),
    },
    {
      usage: 'show <policy>',
      summary: 'Show one policy and who it is assigned to',
      arguments: { policy: policyArgument },
      options: [typeOption],
      examples: ['tenantatlas policy show "Windows baseline" --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/policy/show.ts').then((module) => module.policyShow),
    },
    {
      usage: 'types',
      summary: 'List policy types and what can be done with each',
      examples: ['tenantatlas policy types'],
      load: () => import('#entrypoints/cli/commands/policy/types.ts').then((module) => module.policyTypesList),
    },
  ],
}
