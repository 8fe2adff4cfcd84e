import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * The token a platform gives the programs on it, which Entra takes in the place of what an application would sign itself.
 * It is read each time: the platform puts a new one there before the old one ends.
 * @throws Failure `missing_configuration` that names the file and the host
 */
export async function readTokenFile(path: string | undefined): Promise<string> {
  if (path === undefined)
    throw new Failure(
      'missing_configuration',
      `Host ${hostname()} has no token to sign in with a federated credential: set TENANTATLAS_FEDERATED_TOKEN_FILE there.`,
    )
  const token = (await textOf(path)).trim()
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token
  throw new Failure(
    'missing_configuration',
    `The file ${path} on host ${hostname()} holds no token: see what the platform puts there.`,
  )
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Failure('missing_configuration', `The token file ${path} cannot be read on host ${hostname()}.`, {
      cause,
    })
  }
}
