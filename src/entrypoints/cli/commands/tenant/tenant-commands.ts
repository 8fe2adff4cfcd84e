import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { tenantArgument } from '#entrypoints/cli/shared-options.ts'

export const tenantCommands: NounSpec = {
  noun: 'tenant',
  summary: 'Tenants of the workspace',
  commands: [
    {
      usage: 'list',
      summary: 'List tenants with policies, last sync, last backup and health',
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
  ],
}
