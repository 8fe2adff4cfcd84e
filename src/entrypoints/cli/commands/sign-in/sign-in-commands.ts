import type { CommandSpec } from '#entrypoints/cli/command-spec.ts'

export const signInCommands: readonly CommandSpec[] = [
  {
    usage: 'login <url>',
    summary: 'Sign in to a server, for all commands that follow',
    description:
      'Shows a code to enter in a browser; or takes an API key, for machines. What `tenantatlas up` runs on this machine needs none of it: its owner is signed in there as profile "local".',
    arguments: { url: 'address of the server' },
    options: [
      { flags: '--name <profile>', description: 'what to call it (default: the name of its host)' },
      { flags: '--api-key-file <file>', description: 'file that holds an API key; - for standard input' },
      { flags: '--default-workspace <workspace>', description: 'where commands act, where --workspace names no other' },
    ],
    examples: [
      'tenantatlas login https://tenantatlas.example.com',
      'tenantatlas login https://tenantatlas.example.com --name ci --api-key-file /run/secrets/tenantatlas',
    ],
    load: () => import('#entrypoints/cli/commands/sign-in/login.ts').then((module) => module.login),
  },
  {
    usage: 'logout',
    summary: 'End the session of a profile and forget it',
    examples: ['tenantatlas logout', 'tenantatlas logout --profile ci'],
    load: () => import('#entrypoints/cli/commands/sign-in/logout.ts').then((module) => module.logout),
  },
  {
    usage: 'whoami',
    summary: 'Show the server commands talk to, who is signed in there, and what they may do',
    examples: ['tenantatlas whoami', 'tenantatlas whoami --profile ci -o json'],
    load: () => import('#entrypoints/cli/commands/sign-in/whoami.ts').then((module) => module.whoami),
  },
]
