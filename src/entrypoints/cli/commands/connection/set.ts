import type { ConnectionDocument, EndpointsSent, CredentialSent } from '#contract/api/connections.ts'
import { splitPem } from '#foundation/crypto/split-pem.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli, Command } from '#entrypoints/cli/cli.ts'
import { connectionOf } from '#entrypoints/cli/commands/connection/connection-of.ts'
import { dateOption } from '#entrypoints/cli/options.ts'
import { readSecretFile } from '#entrypoints/cli/read-secret-file.ts'
import { openSession } from '#entrypoints/cli/session.ts'

interface Options {
  cloud?: Exclude<EndpointsSent['cloud'], 'custom'>
  authorityUrl?: string
  graphUrl?: string
  readerClientId?: string
  readerSecretFile?: string
  readerSecretExpires?: string
  readerCertificate?: string
  readerFederated?: true
  writerClientId?: string
  writerSecretFile?: string
  writerSecretExpires?: string
  writerCertificate?: string
  writerFederated?: true
}

export const connectionSet: Command<Options> = async (cli, _args, options) => {
  const endpoints = endpointsChosen(options)
  const reader = await credentialGiven(cli, 'reader', {
    clientId: options.readerClientId,
    secretFile: options.readerSecretFile,
    secretExpires: options.readerSecretExpires,
    certificate: options.readerCertificate,
    isFederated: options.readerFederated === true,
  })
  const writer = await credentialGiven(cli, 'writer', {
    clientId: options.writerClientId,
    secretFile: options.writerSecretFile,
    secretExpires: options.writerSecretExpires,
    certificate: options.writerCertificate,
    isFederated: options.writerFederated === true,
  })
  if (endpoints === undefined && reader === undefined && writer === undefined) {
    throw new Failure(
      'invalid_input',
      'Say what to set: --cloud, --reader-client-id or --writer-client-id; see --help.',
    )
  }
  const session = await openSession(cli)
  const tenant = await session.tenant()
  const before = await connectionOf(session.api, tenant)
  const after = await session.api.connections.set({
    ...tenant.at,
    ...(endpoints && { endpoints }),
    ...(reader && { reader }),
    ...(writer && { writer }),
  })
  cli.terminal.say(
    hasChanged(before, after)
      ? `The connection of "${tenant.name}" is set.`
      : `The connection of "${tenant.name}" was like that already.`,
  )
  cli.terminal.say(`Next: tenantatlas connection verify --tenant "${tenant.name}"`)
}

function hasChanged(before: ConnectionDocument | null, after: ConnectionDocument): boolean {
  return before?.changedAt !== after.changedAt
}

function endpointsChosen({ cloud, authorityUrl, graphUrl }: Options): EndpointsSent | undefined {
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
  readonly secretExpires: string | undefined
  readonly certificate: string | undefined
  readonly isFederated: boolean
}

async function credentialGiven(cli: Cli, app: 'reader' | 'writer', given: Given): Promise<CredentialSent | undefined> {
  const { clientId, secretFile, certificate, isFederated } = given
  const expiresAt = dateOption(given.secretExpires, `--${app}-secret-expires`)
  if (expiresAt !== undefined && secretFile === undefined)
    throw new Failure('invalid_input', `Give --${app}-secret-expires together with --${app}-secret-file.`)
  const ways = [secretFile !== undefined, certificate !== undefined, isFederated].filter(Boolean).length
  if (clientId === undefined && ways === 0) return undefined
  if (clientId === undefined)
    throw new Failure('invalid_input', `Name the app registration of the ${app} with --${app}-client-id.`)
  if (ways !== 1) {
    throw new Failure(
      'invalid_input',
      `Give the ${app} one credential: --${app}-certificate, --${app}-federated or --${app}-secret-file.`,
    )
  }
  if (isFederated) return { kind: 'federated', clientId }
  if (certificate !== undefined)
    return { kind: 'certificate', clientId, ...splitPem(await readSecretFile(cli, certificate)) }
  const secret = (await readSecretFile(cli, secretFile ?? '')).trim()
  return { kind: 'secret', clientId, secret, ...(expiresAt !== undefined && { expiresAt }) }
}
