import { retireKey } from '#domain/keys/retire-key.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { confirm } from '#entrypoints/cli/confirm.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

export const keyRetire: Command = async (cli, [text = '']) => {
  const version = Number(text)
  if (!Number.isSafeInteger(version) || version < 1)
    throw new Failure('invalid_input', `"${text}" is not a version; see \`tenantatlas key list\`.`)
  const place = keyPlaceOf(await cli.config())
  await using product = await openProduct(cli, { doesWork: true })
  await confirm(
    cli,
    `This destroys the private key of version ${version}: what was sealed under it in older backups of the database opens no more.`,
  )
  const wasHere = await retireKey(product.db, place, version)
  cli.terminal.say(
    wasHere
      ? `Version ${version} is retired, and its private key on this host is destroyed.`
      : `Version ${version} is retired. Its private key was not in ${place.directory}.`,
  )
  cli.terminal.say('Run it again on each host that has a copy; delete other copies by hand.')
}
