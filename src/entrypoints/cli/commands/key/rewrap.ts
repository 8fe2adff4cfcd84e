import { countOf } from '#contract/moments.ts'
import { rewrapSecrets } from '#domain/keys/rewrap-secrets.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openProduct } from '#entrypoints/cli/open-product.ts'

export const keyRewrap: Command = async (cli) => {
  await using product = await openProduct(cli, { doesWork: true })
  const done = await rewrapSecrets(product, { signal: cli.signal })
  await cli.printer.detail({
    document: done,
    facts: [
      ['Active version', done.version === null ? '–' : String(done.version)],
      ['Put under it', countOf(done.rewrapped, 'secret')],
      ['Not opened', { word: countOf(done.unopened, 'secret'), tone: done.unopened === 0 ? 'neutral' : 'danger' }],
    ],
  })
  if (done.unopened > 0) {
    cli.terminal.say('What does not open here lies where it did; `tenantatlas key check` says which and why.')
    return exitCodes.partial
  }
  cli.terminal.say('Next: tenantatlas key list, and `tenantatlas key retire` for versions nothing lies under.')
  return exitCodes.ok
}
