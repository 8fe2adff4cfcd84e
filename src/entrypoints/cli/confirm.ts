import { Failure } from '#foundation/kernel/failure.ts'
import { ask } from '#entrypoints/cli/ask.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/**
 * Lets a person confirm what cannot be taken back; `--yes` answers for them.
 * @throws Failure `invalid_input` where nobody can be asked, `cancelled` for any answer but yes
 */
export async function confirm(cli: Cli, what: string): Promise<void> {
  if (cli.options.yes) return
  const answer = await ask(cli, `${what} Type yes to go on: `, `${what} Confirm it with --yes.`)
  if (answer.toLowerCase() !== 'yes') throw new Failure('cancelled', 'Nothing was changed.')
}
