import { Failure } from '#foundation/kernel/failure.ts'
import type { CloudName } from '#graph/client/clouds.ts'
import { splitPem } from '#domain/connections/certificate.ts'
import { connectTenant } from '#domain/connections/connect-tenant.ts'
import type { NewCredential, Purpose } from '#domain/connections/connection.ts'
import type { EndpointChoice } from '#domain/connections/endpoints.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { readSecretFile } from '#entrypoints/cli/read-secret-file.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  cloud?: CloudName
  authorityUrl?: string
  graphUrl?: string
  readerClientId?: string
  readerSecretFile?: string
  readerCertificate?: string
  readerFederated?: true
  writerClientId?: string
  writerSecretFile?: string
  writerCertificate?: string
  writerFederated?: true
}

export const connectionSet: Command<Options> = async (cli, _args, options) => {
  const endpoints = endpointsChosen(options)
  const reader = await credentialGiven(cli, 'reader', {
    clientId: options.readerClientId,
    secretFile: options.readerSecretFile,
    certificate: options.readerCertificate,
    isFederated: options.readerFederated === true,
  })
  const writer = await credentialGiven(cli, 'writer', {
    clientId: options.writerClientId,
    secretFile: options.writerSecretFile,
    certificate: options.writerCertificate,
    isFederated: options.writerFederated === true,
  })
  if (endpoints === undefined && reader === undefined && writer === undefined) {
    throw new Failure(
      'invalid_input',
      'Say what to set: --cloud, --reader-client-id or --writer-client-id; see --help.',
    )
  }
  await using session = await openSession(cli)
  const ctx = await session.tenant()
  const hasChanged = await connectTenant(session.product, ctx, {
    ...(endpoints && { endpoints }),
    ...(reader && { reader }),
    ...(writer && { writer }),
  })
  cli.terminal.say(
    hasChanged
      ? `The connection of "${ctx.tenantName}" is set.`
      : `The connection of "${ctx.tenantName}" was like that already.`,
  )
  cli.terminal.say(`Next: tenantatlas connection verify --tenant "${ctx.tenantName}"`)
}

function endpointsChosen({ cloud, authorityUrl, graphUrl }: Options): EndpointChoice | undefined {
  if (authorityUrl !== undefined && graphUrl !== undefined && cloud === undefined)
    return { cloud: 'custom', authorityUrl, graphUrl }
  if (authorityUrl !== undefined || graphUrl !== undefined) {
    throw new Failure('invalid_input', 'Give --authority-url and --graph-url together, and without --cloud.')
  }
  return cloud && { cloud }
}

interface Given {
  readonly clientId: string | undefined
  readonly secretFile: string | undefined
  readonly certificate: string | undefined
  readonly isFederated: boolean
}

async function credentialGiven(cli: Cli, purpose: Purpose, given: Given): Promise<NewCredential | undefined> {
  const { clientId, secretFile, certificate, isFederated } = given
  const ways = [secretFile !== undefined, certificate !== undefined, isFederated].filter(Boolean).length
  if (clientId === undefined && ways === 0) return undefined
  if (clientId === undefined)
    throw new Failure('invalid_input', `Name the app registration of the ${purpose} with --${purpose}-client-id.`)
  if (ways !== 1) {
    throw new Failure(
      'invalid_input',
      `Give the ${purpose} one credential: --${purpose}-certificate, --${purpose}-federated or --${purpose}-secret-file.`,
    )
  }
  if (isFederated) return { kind: 'federated', clientId }
  if (certificate !== undefined)
    return { kind: 'certificate', clientId, ...splitPem(await readSecretFile(cli, certificate)) }
  return { kind: 'secret', clientId, secret: (await readSecretFile(cli, secretFile ?? '')).trim() }
}
