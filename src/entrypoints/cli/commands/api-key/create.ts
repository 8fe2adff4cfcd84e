import type { Capability } from '#foundation/kernel/capability.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { wholeNumberOption } from '#entrypoints/cli/options.ts'
import { openSession } from '#entrypoints/cli/session.ts'
import { tenantsNamed } from '#entrypoints/cli/tenants-named.ts'

interface Options {
  capability?: Capability[]
  for?: readonly string[]
  days?: string
}

export const apiKeyCreate: Command<Options> = async (cli, [name = ''], options) => {
  const { capability: capabilities, days } = options
  if (capabilities === undefined)
    throw new Failure('invalid_input', 'Say what it may with --capability, such as --capability inventory.view.')
  const session = await openSession(cli)
  const tenants = options.for && (await tenantsNamed(session, options.for))
  const document = await session.api.keys.create({
    ...session.at,
    name,
    capabilities,
    ...(tenants && { tenants }),
    ...(days !== undefined && { days: wholeNumberOption(days, '--days') }),
  })
  await cli.printer.detail({
    document,
    facts: [
      ['Key', document.key],
      ['Id', document.id],
    ],
  })
  cli.terminal.say('Keep the key now: it is not shown again. Programs send it as TENANTATLAS_API_KEY.')
}
