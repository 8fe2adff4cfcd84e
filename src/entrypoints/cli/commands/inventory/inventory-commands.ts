import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

export const inventoryCommands: NounSpec = {
  noun: 'inventory',
  summary: 'What was last observed of a tenant',
  commands: [
    {
      usage: 'sync',
      summary: 'Observe all policies, assignments, groups, filters and scope tags of a tenant',
      examples: [
        'tenantatlas inventory sync --tenant "Contoso"',
        'tenantatlas inventory sync --tenant "Contoso" --no-wait',
      ],
      load: () => import('#entrypoints/cli/commands/inventory/sync.ts').then((module) => module.inventorySync),
    },
  ],
}
