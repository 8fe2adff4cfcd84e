import { open } from 'node:fs/promises'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  clientId?: string
  purpose?: 'reader' | 'writer'
  out?: string
}

export const connectionCertificate: Command<Options> = async (cli, _args, { clientId, purpose = 'reader', out }) => {
  if (clientId === undefined) throw new Failure('invalid_input', 'Name the app registration with --client-id.')
  const session = await openSession(cli)
  const { at, name } = await session.tenant()
  // Opened first: a certificate that cannot be written down must not replace the one that works.
  await using file = out === undefined ? undefined : await createFile(out)
  const made = await session.api.connections.certificate({ ...at, app: purpose, clientId })
  if (file === undefined) cli.terminal.data(made.certificatePem)
  else await file.writeFile(made.certificatePem)
  cli.terminal.say(
    `The ${purpose} of "${name}" now signs in with this certificate; its private key is sealed in the database.`,
  )
  cli.terminal.say(`Upload ${out ?? 'it'} to the app registration ${clientId} under "Certificates & secrets".`)
  cli.terminal.say(`SHA-256 thumbprint ${made.thumbprint}, valid until ${made.expiresAt.slice(0, 10)}.`)
  cli.terminal.say(`Next: tenantatlas connection verify --tenant "${name}"`)
}

async function createFile(path: string) {
  try {
    return await open(path, 'wx', 0o644)
  } catch (cause) {
    throw new Failure('invalid_input', `The file "${path}" cannot be made, or is there already; choose another name.`, {
      cause,
    })
  }
}
