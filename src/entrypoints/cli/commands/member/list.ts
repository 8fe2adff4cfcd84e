import type { Command } from '#entrypoints/cli/cli.ts'
import { invitationColumns, memberColumns } from '#entrypoints/cli/members/member-columns.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const memberList: Command = async (cli) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.members.list(at)
  await cli.printer.list({
    items,
    columns: memberColumns,
    empty: 'This workspace has no member. Invite somebody with `tenantatlas member invite <name>`.',
  })
}

export const memberInvitations: Command = async (cli) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.members.invitations(at)
  await cli.printer.list({
    items,
    columns: invitationColumns,
    empty: 'No invitation is open. Invite somebody with `tenantatlas member invite <name>`.',
  })
}
