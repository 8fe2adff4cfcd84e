import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption, typeOption, restoreArgument } from '#entrypoints/cli/shared-options.ts'

export const restoreCommands: NounSpec = {
  noun: 'restore',
  summary: 'Bring assignments back: plan, review, approve, apply, undo',
  commands: [
    {
      usage: 'plan [policies...]',
      summary: 'Plan a restore of assignments and show exactly what would change; writes nothing',
      arguments: { policies: 'names or ids of policies (default: all that differ)' },
      options: [
        { flags: '--backup <id>', description: 'backup set to restore from (default: the latest)' },
        {
          flags: '--mode <mode>',
          description: 'what to do with assignments the backup lacks (default replace)',
          choices: ['replace', 'merge', 'removeExtra'],
        },
        typeOption,
      ],
      examples: [
        'tenantatlas restore plan --tenant "Contoso"',
        'tenantatlas restore plan "Windows baseline" --mode merge',
      ],
      load: () => import('#entrypoints/cli/commands/restore/plan.ts').then((module) => module.restorePlan),
    },
    {
      usage: 'list',
      summary: 'List restore runs of a tenant',
      options: [limitOption],
      examples: ['tenantatlas restore list --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/restore/list.ts').then((module) => module.restoreList),
    },
    {
      usage: 'show <restore>',
      summary: 'Show a plan, or what became of it',
      arguments: { restore: restoreArgument },
      examples: ['tenantatlas restore show 0190…'],
      load: () => import('#entrypoints/cli/commands/restore/show.ts').then((module) => module.restoreShow),
    },
    {
      usage: 'apply <restore>',
      summary: 'Apply a reviewed plan; asks for the name of the tenant',
      arguments: { restore: restoreArgument },
      options: [
        { flags: '--confirm <tenant>', description: 'name of the tenant, instead of typing it when asked' },
        { flags: '--dry-run', description: 'show the plan and change nothing' },
      ],
      examples: [
        'tenantatlas restore apply 0190… --tenant "Contoso"',
        'tenantatlas restore apply 0190… --tenant "Contoso" --confirm "Contoso"',
      ],
      load: () => import('#entrypoints/cli/commands/restore/apply.ts').then((module) => module.restoreApply),
    },
    {
      usage: 'approve <restore>',
      summary: 'Approve a plan after reviewing it, so that somebody else may apply it',
      description:
        'A plan that writes more policies than the workspace lets one person write needs it. Whoever approves cannot be who applies.',
      arguments: { restore: restoreArgument },
      options: [{ flags: '--reason <text>', description: 'why, for whoever reads it later' }],
      examples: ['tenantatlas restore approve 0190… --tenant "Contoso" --reason "change 4711"'],
      load: () => import('#entrypoints/cli/commands/restore/approve.ts').then((module) => module.restoreApprove),
    },
    {
      usage: 'undo <restore>',
      summary: 'Plan the way back of an applied restore; applied like any other plan',
      arguments: { restore: restoreArgument },
      examples: ['tenantatlas restore undo 0190…'],
      load: () => import('#entrypoints/cli/commands/restore/undo.ts').then((module) => module.restoreUndo),
    },
  ],
}
