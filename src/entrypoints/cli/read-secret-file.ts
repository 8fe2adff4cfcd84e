import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'

const largestBytes = 64 * 1024

/** The content of a file that holds a secret; `-` is standard input. Never on the command line, where others see it. */
export async function readSecretFile(cli: Pick<Cli, 'stdin'>, path: string): Promise<string> {
  const content = path === '-' ? await text(cli.stdin) : await readOrRefuse(path)
  if (content.length > largestBytes) throw new Failure('invalid_input', `"${path}" is too large to be a credential.`)
  return content
}

async function readOrRefuse(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Failure('invalid_input', `The file "${path}" cannot be read.`, { cause })
  }
}
