import { Failure } from '#foundation/kernel/failure.ts'
import { ask } from '#entrypoints/cli/ask.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/**
 * Lets a person confirm by its name what takes something away; `--yes` answers for them.
 * @throws Failure `invalid_input` where nobody can be asked, and for another name
 */
export async function confirmName(cli: Cli, name: string, what: string): Promise<void> {
  if (cli.options.yes) return
  const typed = await ask(cli, `${what} Type its name to go on: `, `${what} Confirm it with --yes.`)
  if (typed !== name) throw new Failure('invalid_input', 'That is not its name: nothing was changed.')
}
