import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

const profileArgument = 'name of the profile'

export const profileCommands: NounSpec = {
  noun: 'profile',
  summary: 'Servers you are signed in to, and which of them commands talk to',
  commands: [
    {
      usage: 'list',
      summary: 'List the servers you are signed in to',
      examples: ['tenantatlas profile list'],
      load: () => import('#entrypoints/cli/commands/profile/list.ts').then((module) => module.profileList),
    },
    {
      usage: 'use <profile>',
      summary: 'Let commands talk to this server from now on',
      arguments: { profile: `${profileArgument}; "local" for what \`tenantatlas up\` runs here` },
      examples: ['tenantatlas profile use customer', 'tenantatlas profile use local'],
      load: () => import('#entrypoints/cli/commands/profile/use.ts').then((module) => module.profileUse),
    },
  ],
}
