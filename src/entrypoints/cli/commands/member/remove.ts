import { countOf } from '#contract/moments.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { findMember } from '#entrypoints/cli/members/find-member.ts'
import { openSession } from '#entrypoints/cli/session.ts'

export const memberRemove: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id, name } = await findMember(session, text)
  await confirm(cli, `This removes "${name}" from "${session.workspace.name}", and ends their API keys there.`)
  await session.api.members.remove({ ...session.at, member: id })
  cli.terminal.say(`"${name}" is no member any more.`)
}

export const memberSignOut: Command = async (cli, [text = '']) => {
  const session = await openSession(cli)
  const { id, name } = await findMember(session, text)
  const { ended } = await session.api.members.endSessions({ ...session.at, member: id })
  cli.terminal.say(ended === 0 ? `"${name}" was not signed in.` : `${countOf(ended, 'session')} of "${name}" ended.`)
}
