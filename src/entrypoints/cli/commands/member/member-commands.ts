import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { forOption, roleOption } from '#entrypoints/cli/members/role-options.ts'

const memberArgument = { member: 'name or id of the member; the last characters of the id are enough' }

export const memberCommands: NounSpec = {
  noun: 'member',
  summary: 'Who may do what in the workspace, and who is invited',
  commands: [
    {
      usage: 'list',
      summary: 'List the members, their roles and when they signed in last',
      examples: ['tenantatlas member list', 'tenantatlas member list -o json'],
      load: () => import('#entrypoints/cli/commands/member/list.ts').then((module) => module.memberList),
    },
    {
      usage: 'invite <name>',
      summary: 'Invite somebody and print the link for them, which works once',
      description:
        'The roles are in docs/access.md. An owner owns the whole workspace, so that --for is for the others.',
      arguments: { name: 'how they are called here' },
      options: [
        { ...roleOption, description: 'what they may do (default readonly)' },
        { flags: '--entra-tenant <id>', description: 'they sign in at this Entra tenant' },
        { flags: '--entra-object <id>', description: 'and only as this user of it, by object id' },
        { flags: '--local', description: 'they make a local account, with a password and a second factor' },
        forOption,
      ],
      examples: [
        'tenantatlas member invite "Ada Moreau" --role operator --entra-tenant 8c1f… --entra-object 02b7…',
        'tenantatlas member invite "Break glass" --role owner --local',
      ],
      load: () => import('#entrypoints/cli/commands/member/invite.ts').then((module) => module.memberInvite),
    },
    {
      usage: 'invitations',
      summary: 'List the invitations nobody has accepted yet',
      examples: ['tenantatlas member invitations'],
      load: () => import('#entrypoints/cli/commands/member/list.ts').then((module) => module.memberInvitations),
    },
    {
      usage: 'uninvite <invitation>',
      summary: 'Withdraw an invitation; its link opens nothing any more',
      arguments: { invitation: 'name it was made for, or its id; the last characters of the id are enough' },
      examples: ['tenantatlas member uninvite "Ada Moreau"'],
      load: () => import('#entrypoints/cli/commands/member/uninvite.ts').then((module) => module.memberUninvite),
    },
    {
      usage: 'change <member>',
      summary: 'Change what a member may do, and where; what is not said stays',
      arguments: memberArgument,
      options: [
        roleOption,
        forOption,
        { flags: '--for-all', description: 'all tenants, also those that come later' },
        {
          flags: '--narrow <tenant=role>',
          description: 'a narrower role in one tenant; may be given several times',
          isList: true,
        },
      ],
      examples: [
        'tenantatlas member change "Ada Moreau" --role manager',
        'tenantatlas member change "Ada Moreau" --for "Contoso" --for "Fabrikam" --narrow "Fabrikam=readonly"',
      ],
      load: () => import('#entrypoints/cli/commands/member/change.ts').then((module) => module.memberChange),
    },
    {
      usage: 'remove <member>',
      summary: 'Remove a member; their API keys of the workspace end with it',
      arguments: memberArgument,
      examples: ['tenantatlas member remove "Ada Moreau"'],
      load: () => import('#entrypoints/cli/commands/member/remove.ts').then((module) => module.memberRemove),
    },
    {
      usage: 'sign-out <member>',
      summary: 'End every session of a member',
      arguments: memberArgument,
      examples: ['tenantatlas member sign-out "Ada Moreau"'],
      load: () => import('#entrypoints/cli/commands/member/remove.ts').then((module) => module.memberSignOut),
    },
  ],
}
