import type { NounSpec } from '#entrypoints/cli/command-spec.ts'

export const keyCommands: NounSpec = {
  noun: 'key',
  summary: 'The key pairs that credentials and secrets of channels are sealed under',
  commands: [
    {
      usage: 'list',
      summary: 'List key pairs, how much lies under each, and whether this host has the private half',
      examples: ['tenantatlas key list'],
      load: () => import('#entrypoints/cli/commands/key/list.ts').then((module) => module.keyList),
    },
    {
      usage: 'rotate',
      summary: 'Make a new key pair and seal with it from now on',
      description:
        'Where workers run on several hosts: first --prepare, then copy the file it names to each of them, then rotate.',
      options: [{ flags: '--prepare', description: 'only make it, to be copied to the other hosts first' }],
      examples: ['tenantatlas key rotate', 'tenantatlas key rotate --prepare'],
      load: () => import('#entrypoints/cli/commands/key/rotate.ts').then((module) => module.keyRotate),
    },
    {
      usage: 'rewrap',
      summary: 'Put everything that lies under older keys under the active one; nothing has to stop for it',
      examples: ['tenantatlas key rewrap'],
      load: () => import('#entrypoints/cli/commands/key/rewrap.ts').then((module) => module.keyRewrap),
    },
    {
      usage: 'retire <version>',
      summary: 'End a key pair that nothing lies under any more, and destroy its private half on this host',
      arguments: { version: 'as `key list` shows it' },
      examples: ['tenantatlas key retire 1'],
      load: () => import('#entrypoints/cli/commands/key/retire.ts').then((module) => module.keyRetire),
    },
    {
      usage: 'check',
      summary: 'Try to open every stored secret, and list those that do not open on this host',
      examples: ['tenantatlas key check', 'tenantatlas key check -o json'],
      load: () => import('#entrypoints/cli/commands/key/check.ts').then((module) => module.keyCheck),
    },
  ],
}
