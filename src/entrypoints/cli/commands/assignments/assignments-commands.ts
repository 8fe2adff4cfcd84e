import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { exitCodeOption, overrideOptions, typeOption, policyArgument } from '#entrypoints/cli/shared-options.ts'

export const assignmentsCommands: NounSpec = {
  noun: 'assignments',
  summary: 'Who policies are assigned to',
  commands: [
    {
      usage: 'show <policy>',
      summary: 'Show the assignments of a policy as last observed',
      arguments: { policy: policyArgument },
      options: [typeOption],
      examples: ['tenantatlas assignments show "Windows baseline" --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/assignments/show.ts').then((module) => module.assignmentsShow),
    },
    {
      usage: 'diff [policy]',
      summary: 'Compare assignments as last observed with a backup set',
      arguments: { policy: policyArgument },
      options: [
        { flags: '--backup <id>', description: 'backup set to compare with (default: the latest)' },
        { flags: '--with <policy>', description: 'compare with another policy instead' },
        exitCodeOption,
      ],
      examples: [
        'tenantatlas assignments diff --tenant "Contoso"',
        'tenantatlas assignments diff "Windows baseline" --exit-code',
      ],
      load: () => import('#entrypoints/cli/commands/assignments/diff.ts').then((module) => module.assignmentsDiff),
    },
    {
      usage: 'fetch [policies...]',
      summary: 'Read assignments anew from the tenant: of policies, of types, or of all',
      arguments: { policies: 'names or ids of policies (default: all)' },
      options: [typeOption, ...overrideOptions],
      examples: [
        'tenantatlas assignments fetch --tenant "Contoso"',
        'tenantatlas assignments fetch "Windows baseline"',
      ],
      load: () => import('#entrypoints/cli/commands/assignments/fetch.ts').then((module) => module.assignmentsFetch),
    },
    {
      usage: 'orphans',
      summary: 'List assignments to groups and filters that were deleted',
      examples: ['tenantatlas assignments orphans --tenant "Contoso"'],
      load: () =>
        import('#entrypoints/cli/commands/assignments/orphans.ts').then((module) => module.assignmentsOrphans),
    },
    {
      usage: 'explain <policy-or-group>',
      summary: 'Say in words who gets a policy, or which policies reach a group',
      arguments: { 'policy-or-group': 'name or id of a policy; with --group, of a group' },
      options: [typeOption, { flags: '--group', description: 'explain a group instead of a policy' }],
      examples: [
        'tenantatlas assignments explain "Windows baseline"',
        'tenantatlas assignments explain "Sales" --group',
      ],
      load: () =>
        import('#entrypoints/cli/commands/assignments/explain.ts').then((module) => module.assignmentsExplain),
    },
  ],
}
