import type { Role } from '#foundation/kernel/capability.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import { tenantsNamed } from '#entrypoints/cli/tenants-named.ts'

interface Options {
  role?: Role
  entraTenant?: string
  entraObject?: string
  local?: true
  for?: readonly string[]
}

export const memberInvite: Command<Options> = async (cli, [name = ''], options) => {
  const { role = 'readonly' } = options
  const identity = identityOf(options)
  const session = await openSession(cli)
  const tenants = options.for && (await tenantsNamed(session, options.for))
  const invited = await session.api.members.invite({
    ...session.at,
    name,
    role,
    ...identity,
    ...(tenants && { allTenants: false, tenants }),
  })
  await cli.printer.detail({
    document: invited,
    facts: [
      ['Invited', `${name}, as ${role}`],
      ['Link', invited.link],
      ['Id', invited.id],
    ],
  })
  cli.terminal.say('Give them the link now: it is not shown again, works once, and ends after seven days.')
}

function identityOf({ local, entraTenant, entraObject }: Options) {
  if (local !== (entraTenant === undefined ? true : undefined))
    throw new Failure(
      'invalid_input',
      'Say how they sign in: --entra-tenant <id> for Microsoft Entra, or --local for a local account.',
    )
  if (entraTenant === undefined) return { kind: 'local' as const }
  return {
    kind: 'entra' as const,
    entraTenantId: entraTenant,
    ...(entraObject !== undefined && { entraObjectId: entraObject }),
  }
}
