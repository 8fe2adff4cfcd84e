import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { ConnectionId } from '#foundation/kernel/ids.ts'
import type { Endpoints } from '#graph/client/clouds.ts'
import type { Cloud } from '#domain/connections/endpoints.ts'
import type { CredentialKind, CredentialView, Purpose } from '#domain/connections/connection.ts'
import type { CredentialPlace } from '#domain/connections/seal-credential.ts'

type TenantKey = Pick<TenantContext, 'workspaceId' | 'tenantId'>

export interface ConnectionRow extends Endpoints {
  readonly connectionId: ConnectionId
  readonly entraTenantId: string
  readonly cloud: Cloud
  readonly changedAt: Date
}

export interface CredentialRow extends CredentialView {
  readonly sealed: string
}

/** The connection of a tenant, if it has one. */
export async function connectionOf(tx: Tx, ctx: TenantKey): Promise<ConnectionRow | undefined> {
  const row = await tx
    .selectFrom('connections')
    .innerJoin('tenants', (join) =>
      join
        .onRef('tenants.workspace_id', '=', 'connections.workspace_id')
        .onRef('tenants.id', '=', 'connections.tenant_id'),
    )
    .where('connections.workspace_id', '=', ctx.workspaceId)
    .where('connections.tenant_id', '=', ctx.tenantId)
    .select([
      'connections.id',
      'tenants.entra_tenant_id',
      'connections.cloud',
      'connections.authority_url',
      'connections.graph_url',
      'connections.changed_at',
    ])
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    connectionId: asId(row.id),
    entraTenantId: row.entra_tenant_id,
    cloud: row.cloud as Cloud,
    authorityUrl: row.authority_url,
    graphUrl: row.graph_url,
    changedAt: row.changed_at,
  }
}

/** Makes the connection of a tenant or changes its endpoints, and locks its row until the transaction ends. */
export async function upsertConnection(
  tx: Tx,
  ctx: TenantKey,
  cloud: Cloud,
  endpoints: Endpoints,
): Promise<ConnectionId> {
  const row = await tx
    .insertInto('connections')
    .values({
      workspace_id: ctx.workspaceId,
      id: newId<ConnectionId>(),
      tenant_id: ctx.tenantId,
      cloud,
      authority_url: endpoints.authorityUrl,
      graph_url: endpoints.graphUrl,
    })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'tenant_id']).doUpdateSet({
        cloud,
        authority_url: endpoints.authorityUrl,
        graph_url: endpoints.graphUrl,
        changed_at: sql<Date>`clock_timestamp()`,
      }),
    )
    .returning('id')
    .executeTakeFirstOrThrow()
  return asId(row.id)
}

export async function credentialsOf(tx: Tx, ctx: TenantKey): Promise<CredentialRow[]> {
  const rows = await tx
    .selectFrom('credentials')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .select(['purpose', 'kind', 'client_id', 'sealed', 'thumbprint', 'expires_at', 'created_at'])
    .orderBy('purpose')
    .execute()
  return rows.map((row) => ({
    purpose: row.purpose as Purpose,
    kind: row.kind as CredentialKind,
    clientId: row.client_id,
    sealed: row.sealed,
    thumbprint: row.thumbprint,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  }))
}

/** The credentials set last in a workspace, each with the place it was sealed for. */
export async function latestSealed(
  tx: Tx,
  { workspaceId }: Pick<TenantContext, 'workspaceId'>,
  limit: number,
): Promise<{ readonly sealed: string; readonly place: CredentialPlace }[]> {
  const rows = await tx
    .selectFrom('credentials')
    .where('workspace_id', '=', workspaceId)
    .select(['tenant_id', 'connection_id', 'purpose', 'sealed'])
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    sealed: row.sealed,
    place: {
      workspaceId,
      tenantId: asId(row.tenant_id),
      connectionId: asId(row.connection_id),
      purpose: row.purpose as Purpose,
    },
  }))
}

/** Puts a credential in the place of the one with the same purpose, whose sealed text is gone afterwards. */
export async function replaceCredential(
  tx: Tx,
  ctx: TenantKey,
  connectionId: ConnectionId,
  credential: Omit<CredentialRow, 'createdAt'>,
): Promise<void> {
  await tx
    .deleteFrom('credentials')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('connection_id', '=', connectionId)
    .where('purpose', '=', credential.purpose)
    .execute()
  await tx
    .insertInto('credentials')
    .values({
      workspace_id: ctx.workspaceId,
      id: newId(),
      tenant_id: ctx.tenantId,
      connection_id: connectionId,
      purpose: credential.purpose,
      kind: credential.kind,
      client_id: credential.clientId,
      sealed: credential.sealed,
      thumbprint: credential.thumbprint,
      expires_at: credential.expiresAt,
    })
    .execute()
}
