import { hostname } from 'node:os'
import { createGraphClient } from '#graph/client/create-graph-client.ts'
import type { ClientCredential } from '#graph/client/token-source.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import { createDatabasePacer } from '#graph/client/database-pacer.ts'
import type { PacingLimits } from '#graph/client/pacer.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import type { StoredSecret } from '#foundation/crypto/seal.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ConnectionId } from '#foundation/kernel/ids.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { Purpose } from '#domain/connections/connection.ts'
import { connectionOf, credentialsOf } from '#domain/connections/connections.store.ts'
import type { ConnectionRow, CredentialRow } from '#domain/connections/connections.store.ts'
import { openSecret } from '#domain/connections/seal-credential.ts'
import type { CredentialPlace, CredentialSecret } from '#domain/connections/seal-credential.ts'

export interface GraphClientDeps {
  readonly db: Database
  readonly opener: Opener
  /** The token of the platform this host runs on, for federated credentials. */
  readonly readFederatedToken: () => Promise<string>
  readonly limits: PacingLimits
  readonly log: Log
}

/**
 * The client of one tenant, with the pacing all processes share. It has a writer only when one is set; the writer's
 * token is asked for by its first write.
 * @throws Failure `missing_configuration` when the tenant is not connected or its credential cannot be opened.
 */
export async function openGraphClient(deps: GraphClientDeps, ctx: TenantContext): Promise<GraphClient> {
  const { connection, credentials } = await loadConnection(deps.db, ctx)
  const reader = openCredential(deps, ctx, connection, credentials, 'reader')
  const writer = openCredential(deps, ctx, connection, credentials, 'writer')
  if (reader === undefined)
    throw new Failure(
      'missing_configuration',
      `"${ctx.tenantName}" has no reader credential; set one with \`tenantatlas connection set\`.`,
    )
  // Said now and in words, not with the first request.
  if ([reader, writer].some((credential) => credential?.kind === 'federated')) await deps.readFederatedToken()
  return clientWith(deps, ctx, connection, { reader, ...(writer && { writer }) })
}

function clientWith(
  deps: GraphClientDeps,
  ctx: TenantContext,
  connection: ConnectionRow,
  credentials: { reader: ClientCredential; writer?: ClientCredential },
): GraphClient {
  return createGraphClient({
    endpoints: { authorityUrl: connection.authorityUrl, graphUrl: connection.graphUrl },
    entraTenantId: connection.entraTenantId,
    credentials,
    pacer: createDatabasePacer({ db: deps.db, ctx, limits: deps.limits }),
    log: deps.log.child({ workspaceId: ctx.workspaceId, tenantId: ctx.tenantRef }),
  })
}

async function loadConnection(
  db: Database,
  ctx: TenantContext,
): Promise<{ connection: ConnectionRow; credentials: readonly CredentialRow[] }> {
  return inWorkspace(db, ctx, async (tx) => {
    const connection = await connectionOf(tx, ctx)
    if (connection === undefined) {
      throw new Failure(
        'missing_configuration',
        `"${ctx.tenantName}" is not connected yet; connect it with \`tenantatlas connection set\`.`,
      )
    }
    return { connection, credentials: await credentialsOf(tx, ctx) }
  })
}

function openCredential(
  deps: GraphClientDeps,
  ctx: TenantContext,
  { connectionId }: { connectionId: ConnectionId },
  credentials: readonly CredentialRow[],
  purpose: Purpose,
): ClientCredential | undefined {
  const row = credentials.find((credential) => credential.purpose === purpose)
  if (row === undefined) return undefined
  const { clientId } = row
  if (row.stored === null) return { kind: 'federated', clientId, readAssertion: deps.readFederatedToken }
  const secret = openStored(deps.opener, row.stored, ctx, { connectionId, purpose })
  if ('secret' in secret) return { kind: 'secret', clientId, secret: secret.secret }
  return { kind: 'certificate', clientId, thumbprintSha256: row.thumbprint ?? '', ...secret }
}

function openStored(
  opener: Opener,
  stored: StoredSecret,
  { workspaceId, tenantId, tenantName }: TenantContext,
  of: Pick<CredentialPlace, 'connectionId' | 'purpose'>,
): CredentialSecret {
  try {
    return openSecret(opener, stored, { workspaceId, tenantId, ...of })
  } catch (cause) {
    const why = cause instanceof Failure ? ` ${cause.message}` : ''
    const message = `The ${of.purpose} credential of "${tenantName}" does not open on host ${hostname()}.${why} See \`tenantatlas key list\`, or set it again with \`tenantatlas connection set\`.`
    throw new Failure('missing_configuration', message, { cause })
  }
}
