import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption, exitCodeOption, typeOption, backupArgument } from '#entrypoints/cli/shared-options.ts'

export const backupCommands: NounSpec = {
  noun: 'backup',
  summary: 'Backup sets: immutable copies of policies and assignments',
  commands: [
    {
      usage: 'create',
      summary: 'Back up a tenant, read live',
      options: [{ flags: '--note <text>', description: 'why' }, typeOption],
      examples: ['tenantatlas backup create --tenant "Contoso" --note "before the rollout"'],
      load: () => import('#entrypoints/cli/commands/backup/create.ts').then((module) => module.backupCreate),
    },
    {
      usage: 'list',
      summary: 'List backup sets of a tenant',
      options: [limitOption],
      examples: ['tenantatlas backup list --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/backup/list.ts').then((module) => module.backupList),
    },
    {
      usage: 'show <backup>',
      summary: 'Show one backup set and how complete it is',
      arguments: { backup: backupArgument },
      examples: ['tenantatlas backup show latest --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/backup/show.ts').then((module) => module.backupShow),
    },
    {
      usage: 'verify <backup>',
      summary: 'Hash every snapshot of a backup set again and report what is damaged',
      arguments: { backup: backupArgument },
      examples: ['tenantatlas backup verify latest --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/backup/verify.ts').then((module) => module.backupVerify),
    },
    {
      usage: 'diff <backup>',
      summary: 'Compare a backup set with what was last observed',
      arguments: { backup: backupArgument },
      options: [exitCodeOption],
      examples: [
        'tenantatlas backup diff latest --tenant "Contoso"',
        'tenantatlas backup diff latest --exit-code -o json',
      ],
      load: () => import('#entrypoints/cli/commands/backup/diff.ts').then((module) => module.backupDiff),
    },
  ],
}
