import { createInterface } from 'node:readline/promises'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

/**
 * Asks a person at a terminal and resolves to the answer.
 * @throws Failure `invalid_input` where nobody can be asked; `instead` says which option answers
 */
export async function ask(cli: Cli, question: string, instead: string): Promise<string> {
  if (!cli.options.input || !cli.stdin.isTTY || !cli.terminal.isInteractive) throw new Failure('invalid_input', instead)
  const prompt = createInterface({ input: cli.stdin, output: process.stderr })
  try {
    return (await prompt.question(question, { signal: cli.signal })).trim()
  } finally {
    prompt.close()
  }
}
