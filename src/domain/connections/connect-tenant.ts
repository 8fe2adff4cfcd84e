import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { SealingKey } from '#foundation/crypto/seal.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid } from '#foundation/kernel/ids.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { readCertificate } from '#domain/connections/certificate.ts'
import { endpointsOf } from '#domain/connections/endpoints.ts'
import type { EndpointChoice } from '#domain/connections/endpoints.ts'
import type { CredentialView, NewCredential } from '#domain/connections/connection.ts'
import {
  connectionOf,
  credentialViews,
  replaceCredential,
  upsertConnection,
} from '#domain/connections/connections.store.ts'
import type { ConnectionRow, CredentialRow } from '#domain/connections/connections.store.ts'
import { sealCredential, type CredentialPlace } from '#domain/connections/seal-credential.ts'
import { sealingKey } from '#domain/keys/sealing-key.ts'

export interface ConnectTenantDeps {
  readonly db: Database
}

export interface ConnectTenantInput {
  /** Left out: those of the connection there is, else Microsoft's global cloud. */
  readonly endpoints?: EndpointChoice
  /** Left out: stays as it is. The first connection of a tenant needs a reader. */
  readonly reader?: NewCredential
  readonly writer?: NewCredential
}

/**
 * Says how a tenant is reached. What is given replaces what was there; what is equal to it changes nothing, so that the
 * last verification keeps its meaning. A client secret that is given is taken for a new one: what is stored cannot be read
 * here. Resolves to whether something changed.
 * @throws Failure `invalid_input` for malformed input, also when other addresses would get a credential that was not given again, `missing_configuration` when there would be no reader or there is no key to seal with.
 */
export async function connectTenant(
  deps: ConnectTenantDeps,
  ctx: TenantContext,
  input: ConnectTenantInput,
): Promise<boolean> {
  const given = [input.reader, input.writer].filter((credential) => credential !== undefined)
  given.forEach(assertCredential)
  return inWorkspace(deps.db, ctx, async (tx) => {
    const connection = await connectionOf(tx, ctx)
    const credentials = await credentialViews(tx, ctx)
    if (input.reader === undefined && !credentials.some(({ purpose }) => purpose === 'reader')) {
      throw new Failure(
        'missing_configuration',
        `The connection of "${ctx.tenantName}" needs a reader credential first.`,
      )
    }
    const changed = changesOf(input, { connection, credentials })
    if (changed.length === 0) return false
    if (changed.includes('endpoints')) assertGivenAgain(input, credentials)
    await storeConnection(tx, ctx, input)
    await recordAudit(tx, ctx, {
      action: 'connection.set',
      subject: { kind: 'tenant', id: ctx.tenantRef },
      outcome: 'succeeded',
      detail: { changed },
    })
    return true
  })
}

function assertCredential(credential: NewCredential): void {
  if (!isUuid(credential.clientId)) {
    throw new Failure(
      'invalid_input',
      `"${credential.clientId}" is not an application (client) id; it looks like 00000000-0000-0000-0000-000000000000.`,
    )
  }
  if (credential.kind === 'certificate') readCertificate(credential)
  else if (credential.kind === 'secret' && credential.secret === '')
    throw new Failure('invalid_input', 'The client secret is empty.')
}

interface Present {
  readonly connection: ConnectionRow | undefined
  readonly credentials: readonly CredentialView[]
}

function changesOf(input: ConnectTenantInput, present: Present): string[] {
  const { connection, credentials } = present
  if (connection === undefined) return ['endpoints', 'reader', ...(input.writer === undefined ? [] : ['writer'])]
  const changed: string[] = []
  if (input.endpoints !== undefined && hasOtherEndpoints(connection, input.endpoints)) changed.push('endpoints')
  for (const purpose of ['reader', 'writer'] as const) {
    const wanted = input[purpose]
    const stored = credentials.find((credential) => credential.purpose === purpose)
    if (wanted !== undefined && !isSameCredential(stored, wanted)) changed.push(purpose)
  }
  return changed
}

/** A credential stays with the servers it was given for. */
function assertGivenAgain(input: ConnectTenantInput, stored: readonly CredentialView[]): void {
  const kept = stored.find(({ purpose }) => input[purpose] === undefined)
  if (kept === undefined) return
  throw new Failure(
    'invalid_input',
    `Give the ${kept.purpose}'s credential again: the new addresses are not those it was given for.`,
  )
}

function hasOtherEndpoints(connection: ConnectionRow, wanted: EndpointChoice): boolean {
  const { authorityUrl, graphUrl } = endpointsOf(wanted)
  return (
    connection.cloud !== wanted.cloud || connection.authorityUrl !== authorityUrl || connection.graphUrl !== graphUrl
  )
}

/** By what is public of both. Of a client secret nothing is. */
function isSameCredential(stored: CredentialView | undefined, wanted: NewCredential): boolean {
  if (stored === undefined || stored.kind !== wanted.kind || stored.clientId !== wanted.clientId.toLowerCase())
    return false
  switch (wanted.kind) {
    case 'secret':
      return false
    case 'certificate':
      return readCertificate(wanted).thumbprint === stored.thumbprint
    case 'federated':
      return true
  }
}

async function storeConnection(tx: Tx, ctx: TenantContext, input: ConnectTenantInput): Promise<void> {
  const present = await connectionOf(tx, ctx)
  const endpoints =
    input.endpoints === undefined ? (present ?? endpointsOf({ cloud: 'global' })) : endpointsOf(input.endpoints)
  const cloud = input.endpoints?.cloud ?? present?.cloud ?? 'global'
  const connectionId = await upsertConnection(tx, ctx, cloud, endpoints)
  const key = await sealingKey(tx)
  for (const purpose of ['reader', 'writer'] as const) {
    const credential = input[purpose]
    if (credential === undefined) continue
    const { workspaceId, tenantId } = ctx
    const row = credentialRow(credential, { workspaceId, tenantId, connectionId, purpose }, key)
    await replaceCredential(tx, ctx, connectionId, row)
  }
}

function credentialRow(
  credential: NewCredential,
  place: CredentialPlace,
  key: SealingKey,
): Omit<CredentialRow, 'createdAt' | 'consentedAt'> {
  return {
    purpose: place.purpose,
    kind: credential.kind,
    clientId: credential.clientId.toLowerCase(),
    stored: sealCredential(credential, place, key),
    ...factsOf(credential),
  }
}

function factsOf(credential: NewCredential): Pick<CredentialRow, 'thumbprint' | 'expiresAt'> {
  switch (credential.kind) {
    case 'secret':
      return { thumbprint: null, expiresAt: credential.expiresAt ?? null }
    case 'certificate': {
      const { thumbprint, expiresAt } = readCertificate(credential)
      return { thumbprint, expiresAt }
    }
    case 'federated':
      return { thumbprint: null, expiresAt: null }
  }
}
