import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

export const operatorCommands: NounSpec = {
  noun: 'operator',
  summary: 'Operators of the platform: who looks after workspaces, workers and the queue',
  commands: [
    {
      usage: 'invite',
      summary: 'Print a link that makes the account of a platform operator',
      description:
        'Operators have accounts of their own, apart from members, and see nothing of a tenant. Whoever opens the link chooses a password and sets up a second factor.',
      examples: ['tenantatlas operator invite'],
      load: () => import('#entrypoints/cli/commands/operator/invite.ts').then((module) => module.operatorInvite),
    },
  ],
}
