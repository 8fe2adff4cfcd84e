import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { tenantArgument } from '#entrypoints/cli/shared-options.ts'

export const tenantCommands: NounSpec = {
  noun: 'tenant',
  summary: 'Tenants of the workspace',
  commands: [
    {
      usage: 'list',
      summary: 'List tenants with policies, last sync, last backup and health',
      options: [{ flags: '--archived', description: 'instead, those that are archived' }],
      examples: ['tenantatlas tenant list', 'tenantatlas tenant list -o json'],
      load: () => import('#entrypoints/cli/commands/tenant/list.ts').then((module) => module.tenantList),
    },
    {
      usage: 'show [tenant]',
      summary: 'Show one tenant and its connection',
      arguments: { tenant: tenantArgument },
      examples: ['tenantatlas tenant show "Contoso"'],
      load: () => import('#entrypoints/cli/commands/tenant/show.ts').then((module) => module.tenantShow),
    },
    {
      usage: 'add <name>',
      summary: 'Add a tenant to the workspace',
      options: [{ flags: '--entra-id <id>', description: "Microsoft's id of the tenant (required)" }],
      examples: ['tenantatlas tenant add "Contoso" --entra-id 8c1f…'],
      load: () => import('#entrypoints/cli/commands/tenant/add.ts').then((module) => module.tenantAdd),
    },
    {
      usage: 'rename <tenant> <name>',
      summary: 'Give a tenant another name here; in Microsoft Entra it keeps its own',
      arguments: { tenant: tenantArgument, name: 'the new name' },
      examples: ['tenantatlas tenant rename "Contoso" "Contoso Europe"'],
      load: () => import('#entrypoints/cli/commands/tenant/rename.ts').then((module) => module.tenantRename),
    },
    {
      usage: 'archive <tenant>',
      summary: 'Archive a tenant: its backups stay readable, nothing is read from or written to it any more',
      arguments: { tenant: tenantArgument },
      examples: ['tenantatlas tenant archive "Contoso"'],
      load: () => import('#entrypoints/cli/commands/tenant/archive.ts').then((module) => module.tenantArchive),
    },
    {
      usage: 'unarchive <tenant>',
      summary: 'Bring an archived tenant back',
      arguments: { tenant: tenantArgument },
      examples: ['tenantatlas tenant unarchive "Contoso"'],
      load: () => import('#entrypoints/cli/commands/tenant/archive.ts').then((module) => module.tenantUnarchive),
    },
  ],
}
