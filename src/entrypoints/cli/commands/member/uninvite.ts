import type { InvitationDocument } from '#contract/api/members.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { endingWith } from '#entrypoints/cli/ending-with.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const memberUninvite: Command = async (cli, [text = '']) => {
  const { api, at } = await openSession(cli)
  const { items } = await api.members.invitations(at)
  const { id, name } = pickInvitation(items, text)
  await api.members.withdraw({ ...at, invitation: id })
  cli.terminal.say(`The invitation of "${name}" is withdrawn: its link opens nothing any more.`)
}

function pickInvitation(invitations: readonly InvitationDocument[], text: string): InvitationDocument {
  const named = invitations.filter(({ name }) => name.toLowerCase() === text.toLowerCase())
  if (named.length > 1)
    throw new Failure(
      'ambiguous',
      `There are ${named.length} invitations of "${text}"; give the id, as \`tenantatlas member invitations\` shows it.`,
    )
  const found = named[0] ?? endingWith(invitations, { text, plural: 'invitations' })
  if (found !== undefined) return found
  const names = invitations.map(({ name }) => name)
  throw new Failure('not_found', `There is no open invitation "${text}".${didYouMean(text, names)}`)
}
