import { rotateKey } from '#domain/keys/rotate-key.ts'
import { keyPlaceOf } from '#foundation/config/key-place.ts'
import { privateFile } from '#foundation/crypto/key-files.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

export const keyRotate: Command<{ prepare?: true }> = async (cli, _args, { prepare }) => {
  const place = keyPlaceOf(await cli.config())
  await using product = await openProduct(cli, { doesWork: true })
  const { version, isActive } = await rotateKey(product.db, place, { prepareOnly: prepare === true })
  const path = privateFile(place.directory, version)
  cli.terminal.data(`${version}\n`)
  cli.terminal.say(`The private half of version ${version} is ${path}: keep a copy apart from the database.`)
  if (!isActive) {
    cli.terminal.say(
      'Copy it to every host that works, mode 600. `tenantatlas key list` says there whether it is there.',
    )
    cli.terminal.say('Next: tenantatlas key rotate')
    return
  }
  cli.terminal.say(`Secrets are sealed with version ${version} from now on. Every host that works needs that file.`)
  cli.terminal.say('Next: tenantatlas key rewrap')
}
