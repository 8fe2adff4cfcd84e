import { entryFilters } from '#entrypoints/cli/audit/entry-filters.ts'
import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption } from '#entrypoints/cli/shared-options.ts'

export const auditCommands: NounSpec = {
  noun: 'audit',
  summary: 'The audit log: who did what, and whether anybody changed it',
  commands: [
    {
      usage: 'list',
      summary: 'List what was done, the newest first',
      description: 'With --tenant, only what was done there. Options that name a kind may be given several times.',
      options: [
        ...entryFilters,
        limitOption,
        { flags: '--cursor <cursor>', description: 'the next page, as the last one named it' },
      ],
      examples: [
        'tenantatlas audit list',
        'tenantatlas audit list --action restore.confirm --since 30d --tenant "Contoso"',
        'tenantatlas audit list --actor me --outcome failed -o json',
      ],
      load: () => import('#entrypoints/cli/commands/audit/list.ts').then((module) => module.auditList),
    },
    {
      usage: 'verify',
      summary: 'Compute the chain of the audit log again and say everything that is wrong with it',
      description: 'Exits with 1 when something is. What was signed is checked by the public keys that the server has.',
      options: [
        {
          flags: '--checkpoint <file>',
          description:
            'checkpoints that were kept elsewhere: lines of the log of a worker, or of `audit export --checkpoints`',
          isList: true,
        },
        {
          flags: '--public-key <file>',
          description: 'the public keys of whoever signed (audit.pub), instead of those that the server has',
          isList: true,
        },
      ],
      examples: [
        'tenantatlas audit verify',
        'tenantatlas audit verify --checkpoint /mnt/logs/tenantatlas-work.log',
        'tenantatlas audit verify --public-key audit-of-host-a.pub --public-key audit-of-host-b.pub -o json',
      ],
      load: () => import('#entrypoints/cli/commands/audit/verify.ts').then((module) => module.auditVerify),
    },
    {
      usage: 'export',
      summary: 'Write the audit log as JSON lines, the oldest first, with the hashes of its chain',
      description: 'With --tenant, only what was done there. The export can be verified by itself: see docs/audit.md.',
      options: [
        ...entryFilters,
        { flags: '--checkpoints', description: 'instead of entries, what was signed of them' },
        { flags: '--file <path>', description: 'into this file, which must not be there yet' },
      ],
      examples: [
        'tenantatlas audit export --file audit-2026.jsonl --since 2026-01-01',
        'tenantatlas audit export --checkpoints > checkpoints.jsonl',
      ],
      load: () => import('#entrypoints/cli/commands/audit/export.ts').then((module) => module.auditExport),
    },
  ],
}
