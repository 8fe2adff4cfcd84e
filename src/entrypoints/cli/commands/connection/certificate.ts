import { open } from 'node:fs/promises'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Purpose } from '#domain/connections/connection.ts'
import { setCertificate } from '#domain/connections/set-certificate.ts'
import type { Command } from '#entrypoints/cli/cli.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  clientId?: string
  purpose?: Purpose
  out?: string
}

export const connectionCertificate: Command<Options> = async (cli, _args, { clientId, purpose = 'reader', out }) => {
  if (clientId === undefined) throw new Failure('invalid_input', 'Name the app registration with --client-id.')
  await using session = await openSession(cli)
  const ctx = await session.tenant()
  // Opened first: a certificate that cannot be written down must not replace the one that works.
  await using file = out === undefined ? undefined : await createFile(out)
  const { certificatePem, thumbprint, expiresAt } = await setCertificate(session.product.db, ctx, { purpose, clientId })
  if (file === undefined) cli.terminal.data(certificatePem)
  else await file.writeFile(certificatePem)
  cli.terminal.say(
    `The ${purpose} of "${ctx.tenantName}" now signs in with this certificate; its private key is sealed in the database.`,
  )
  cli.terminal.say(`Upload ${out ?? 'it'} to the app registration ${clientId} under "Certificates & secrets".`)
  cli.terminal.say(`SHA-256 thumbprint ${thumbprint}, valid until ${expiresAt.toISOString().slice(0, 10)}.`)
  cli.terminal.say(`Next: tenantatlas connection verify --tenant "${ctx.tenantName}"`)
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
