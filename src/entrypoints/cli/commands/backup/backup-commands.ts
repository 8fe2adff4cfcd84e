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
    {
      usage: 'pin <backup>',
      summary: 'Keep a backup set whatever the retention rules say',
      arguments: { backup: backupArgument },
      examples: ['tenantatlas backup pin latest --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/backup/pin.ts').then((module) => module.backupPin),
    },
    {
      usage: 'unpin <backup>',
      summary: 'Leave a backup set to the retention rules again',
      arguments: { backup: backupArgument },
      examples: ['tenantatlas backup unpin latest --tenant "Contoso"'],
      load: () => import('#entrypoints/cli/commands/backup/pin.ts').then((module) => module.backupUnpin),
    },
    {
      usage: 'prune',
      summary: 'Remove the backup sets of a tenant that no rule keeps, once you have seen which',
      description:
        'Without options the rules are those of `tenantatlas retention show`. A set that any rule keeps is kept; pinned sets, the newest, and those a restore refers to always are.',
      options: [
        { flags: '--keep-last <count>', description: 'keep the newest sets one can restore from' },
        { flags: '--keep-days <days>', description: 'keep what is younger' },
        { flags: '--dry-run', description: 'only show what would be removed' },
      ],
      examples: [
        'tenantatlas backup prune --tenant "Contoso" --keep-last 30 --dry-run',
        'tenantatlas backup prune --tenant "Contoso" --yes',
      ],
      load: () => import('#entrypoints/cli/commands/backup/prune.ts').then((module) => module.backupPrune),
    },
  ],
}
