import { capabilities } from '#foundation/kernel/capability.ts'
import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { forOption } from '#entrypoints/cli/members/role-options.ts'

export const apiKeyCommands: NounSpec = {
  noun: 'api-key',
  summary: 'API keys: what programs sign in with',
  commands: [
    {
      usage: 'list',
      summary: 'List your API keys; owners see those of all members',
      examples: ['tenantatlas api-key list'],
      load: () => import('#entrypoints/cli/commands/api-key/list.ts').then((module) => module.apiKeyList),
    },
    {
      usage: 'create <name>',
      summary: 'Make an API key that acts for you, and print it this once',
      description: 'It may no more than you and no more than it names. A key cannot make keys: sign in to make one.',
      arguments: { name: 'what it is for' },
      options: [
        {
          flags: '--capability <capability>',
          description: 'what it may (required); may be given several times',
          choices: capabilities,
          isList: true,
        },
        forOption,
        { flags: '--days <days>', description: 'how long it lives: 1 to 365 (default 90)' },
      ],
      examples: [
        'tenantatlas api-key create "Nightly report" --capability tenant.view --capability backups.view',
        'tenantatlas api-key create "Pipeline" --capability inventory.sync --for "Contoso" --days 30',
      ],
      load: () => import('#entrypoints/cli/commands/api-key/create.ts').then((module) => module.apiKeyCreate),
    },
    {
      usage: 'revoke <key>',
      summary: 'Revoke an API key: its next request is refused',
      arguments: { key: 'its name, the characters it ends with, or its id' },
      examples: ['tenantatlas api-key revoke "Pipeline"'],
      load: () => import('#entrypoints/cli/commands/api-key/revoke.ts').then((module) => module.apiKeyRevoke),
    },
  ],
}
