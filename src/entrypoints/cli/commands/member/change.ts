import { roles } from '#foundation/kernel/capability.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { changedAccess } from '#entrypoints/cli/members/changed-access.ts'
import type { Access } from '#entrypoints/cli/members/changed-access.ts'
import { findMember } from '#entrypoints/cli/members/find-member.ts'
import { reachWords } from '#entrypoints/cli/members/member-columns.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import type { Session } from '#entrypoints/cli/session.ts'
import { tenantsNamed } from '#entrypoints/cli/tenants-named.ts'

interface Options {
  role?: Role
  for?: readonly string[]
  forAll?: true
  narrow?: readonly string[]
}

export const memberChange: Command<Options> = async (cli, [text = ''], options) => {
  if (options.forAll && options.for !== undefined)
    throw new Failure('invalid_input', 'Give --for or --for-all, not both.')
  if (Object.keys(options).length === 0)
    throw new Failure('invalid_input', 'Say what to change: --role, --for, --for-all or --narrow.')
  const session = await openSession(cli)
  const member = await findMember(session, text)
  const { role, allTenants, tenants } = changedAccess(member, await changesOf(session, options))
  const wanted = { ...session.at, member: member.id, role, allTenants, tenants: [...tenants] }
  const document = await session.api.members.change(wanted)
  await cli.printer.detail({
    document,
    facts: [
      ['Member', document.name],
      ['Role', document.role],
      ['Where', reachWords(document)],
      ['Id', document.id],
    ],
  })
}

async function changesOf(session: Session, { role, forAll, ...options }: Options) {
  const only = forAll ? null : options.for && (await tenantsNamed(session, options.for))
  return { role, only, narrower: await narrowerRoles(session, options.narrow ?? []) }
}

/** `Contoso=readonly`; the name of a tenant may have the sign in it, too. */
async function narrowerRoles(session: Session, texts: readonly string[]): Promise<Access['tenants']> {
  const given = texts.map((text) => {
    const at = text.lastIndexOf('=')
    const role = roles.find((one) => one === text.slice(at + 1))
    if (at < 1 || role === undefined)
      throw new Failure('invalid_input', `--narrow takes <tenant>=<role>, such as "Contoso=readonly", not "${text}".`)
    return { name: text.slice(0, at), role }
  })
  const names = given.map(({ name }) => name)
  const ids = names.length === 0 ? [] : await tenantsNamed(session, names)
  return given.flatMap(({ role }, index) => (ids[index] === undefined ? [] : [{ tenant: ids[index], role }]))
}
