import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

const workspaceArgument = { workspace: 'short name, name or id of the workspace' }

export const workspaceCommands: NounSpec = {
  noun: 'workspace',
  summary: 'Workspaces: whose tenants are kept apart from whose',
  commands: [
    {
      usage: 'list',
      summary: 'List the workspaces you belong to',
      examples: ['tenantatlas workspace list'],
      load: () => import('#entrypoints/cli/commands/workspace/list.ts').then((module) => module.workspaceList),
    },
    {
      usage: 'show [workspace]',
      summary: 'Show one workspace, and which platform operators are in it',
      arguments: workspaceArgument,
      examples: ['tenantatlas workspace show'],
      load: () => import('#entrypoints/cli/commands/workspace/show.ts').then((module) => module.workspaceShow),
    },
    {
      usage: 'create <name>',
      summary: 'Create a workspace and own it',
      description: 'For people who own a workspace already. The first one comes with the first owner of the server.',
      options: [{ flags: '--slug <slug>', description: 'short name for --workspace (default: made of the name)' }],
      examples: ['tenantatlas workspace create "Contoso IT"'],
      load: () => import('#entrypoints/cli/commands/workspace/create.ts').then((module) => module.workspaceCreate),
    },
    {
      usage: 'rename <workspace> <name>',
      summary: 'Give a workspace another name; its short name stays',
      arguments: { ...workspaceArgument, name: 'the new name' },
      examples: ['tenantatlas workspace rename contoso-it "Contoso Endpoint Team"'],
      load: () => import('#entrypoints/cli/commands/workspace/rename.ts').then((module) => module.workspaceRename),
    },
    {
      usage: 'restore-limit <workspace> <limit>',
      summary: 'Set how many policies one person may restore without the approval of a second one (25 at first)',
      description: 'For owners. With 0 every restore needs a second person, with "none" no restore does.',
      arguments: { ...workspaceArgument, limit: 'number of policies, or "none"' },
      examples: ['tenantatlas workspace restore-limit contoso-it 10'],
      load: () =>
        import('#entrypoints/cli/commands/workspace/restore-limit.ts').then((module) => module.workspaceRestoreLimit),
    },
    {
      usage: 'archive <workspace>',
      summary: 'Archive a workspace: its members can read it, nobody can change it, its schedules are paused',
      arguments: workspaceArgument,
      examples: ['tenantatlas workspace archive contoso-it'],
      load: () => import('#entrypoints/cli/commands/workspace/archive.ts').then((module) => module.workspaceArchive),
    },
    {
      usage: 'unarchive <workspace>',
      summary: 'Bring an archived workspace back',
      arguments: workspaceArgument,
      examples: ['tenantatlas workspace unarchive contoso-it'],
      load: () => import('#entrypoints/cli/commands/workspace/archive.ts').then((module) => module.workspaceUnarchive),
    },
  ],
}
