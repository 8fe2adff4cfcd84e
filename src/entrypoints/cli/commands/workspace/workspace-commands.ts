import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

export const workspaceCommands: NounSpec = {
  noun: 'workspace',
  summary: 'Workspaces: whose tenants are kept apart from whose',
  commands: [
    {
      usage: 'list',
      summary: 'List workspaces',
      examples: ['tenantatlas workspace list'],
      load: () => import('#entrypoints/cli/commands/workspace/list.ts').then((module) => module.workspaceList),
    },
    {
      usage: 'create <name>',
      summary: 'Create a workspace',
      options: [
        { flags: '--slug <slug>', description: 'short name for --workspace (default: made of the name)' },
        { flags: '--owner <name>', description: 'who owns it (default: Administrator)' },
      ],
      examples: ['tenantatlas workspace create "Contoso IT"'],
      load: () => import('#entrypoints/cli/commands/workspace/create.ts').then((module) => module.workspaceCreate),
    },
  ],
}
