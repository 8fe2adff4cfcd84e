import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { StoredSecret } from '#foundation/crypto/seal.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { Credentials } from '#foundation/db/schema.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { ConnectionId, TenantId } from '#foundation/kernel/ids.ts'
import type { Endpoints } from '#graph/client/clouds.ts'
import type { Cloud } from '#domain/connections/endpoints.ts'
import type { CredentialKind, CredentialView, Purpose } from '#domain/connections/connection.ts'
import type { SecretPage } from '#domain/keys/placed-secret.ts'

export interface ConnectionRow extends Endpoints {
  readonly connectionId: ConnectionId
  readonly entraTenantId: string
  readonly cloud: Cloud
  readonly changedAt: Date
}

/** A credential as only roles that work can read it. */
export interface CredentialRow extends CredentialView {
  /** Null: federated. */
  readonly stored: StoredSecret | null
}

/** The connection of a tenant, if it has one. */
export async function connectionOf(tx: Tx, ctx: TenantContext): Promise<ConnectionRow | undefined> {
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
  ctx: TenantContext,
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

const shownColumns = ['purpose', 'kind', 'client_id', 'thumbprint', 'expires_at', 'created_at', 'consented_at'] as const

/** The credentials of a tenant without their secrets, which commands and the page cannot read. */
export async function credentialViews(tx: Tx, ctx: TenantContext): Promise<CredentialView[]> {
  const rows = await tx
    .selectFrom('credentials')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .select(shownColumns)
    .orderBy('purpose')
    .execute()
  return rows.map(viewOf)
}

/** The credentials of all tenants of a workspace, without their secrets. */
export async function credentialViewsOfAll(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
): Promise<(CredentialView & { readonly tenantName: string })[]> {
  const rows = await tx
    .selectFrom('credentials as credential')
    .innerJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'credential.workspace_id').onRef('tenant.id', '=', 'credential.tenant_id'),
    )
    .where('credential.workspace_id', '=', workspaceId)
    .where('tenant.archived_at', 'is', null)
    .select(['credential.purpose', 'credential.kind', 'credential.client_id', 'credential.thumbprint'])
    .select(['credential.expires_at', 'credential.created_at', 'credential.consented_at', 'tenant.name as tenant_name'])
    .orderBy('tenant.name')
    .orderBy('credential.purpose')
    .execute()
  return rows.map((row) => ({ ...viewOf(row), tenantName: row.tenant_name }))
}

/** The credentials of a tenant with their secrets, sealed. */
export async function credentialsOf(tx: Tx, ctx: TenantContext): Promise<CredentialRow[]> {
  const rows = await tx
    .selectFrom('credentials')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .select([...shownColumns, 'sealed', 'wrapped_key', 'key_version'])
    .orderBy('purpose')
    .execute()
  return rows.map((row) => ({ ...viewOf(row), stored: storedOf(row) }))
}

function viewOf(row: Pick<Selectable<Credentials>, (typeof shownColumns)[number]>): CredentialView {
  return {
    purpose: row.purpose as Purpose,
    kind: row.kind as CredentialKind,
    clientId: row.client_id,
    thumbprint: row.thumbprint,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    consentedAt: row.consented_at,
  }
}

function storedOf(row: Pick<Selectable<Credentials>, 'sealed' | 'wrapped_key' | 'key_version'>): StoredSecret | null {
  const { sealed, wrapped_key: wrappedKey, key_version: keyVersion } = row
  return sealed === null ? null : { sealed, wrappedKey, keyVersion }
}

/** A page of the sealed credentials of a workspace, by id, each with the place it was sealed for. */
export async function sealedCredentials(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  { after, limit, notUnder }: SecretPage,
) {
  const rows = await tx
    .selectFrom('credentials as credential')
    .innerJoin('tenants as tenant', (join) =>
      join.onRef('tenant.workspace_id', '=', 'credential.workspace_id').onRef('tenant.id', '=', 'credential.tenant_id'),
    )
    .where('credential.workspace_id', '=', workspaceId)
    .where('credential.sealed', 'is not', null)
    .$if(after !== null, (q) => q.where('credential.id', '>', after ?? ''))
    .$if(notUnder !== undefined, (q) => q.where('credential.key_version', 'is distinct from', notUnder ?? null))
    .select(['credential.id', 'credential.tenant_id', 'credential.connection_id', 'credential.purpose'])
    .select(['credential.sealed', 'credential.wrapped_key', 'credential.key_version', 'tenant.name as tenant_name'])
    .orderBy('credential.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    tenantName: row.tenant_name,
    stored: { sealed: row.sealed ?? '', wrappedKey: row.wrapped_key, keyVersion: row.key_version },
    place: {
      workspaceId,
      tenantId: asId<TenantId>(row.tenant_id),
      connectionId: asId<ConnectionId>(row.connection_id),
      purpose: row.purpose as Purpose,
    },
  }))
}

/** Puts other sealed texts in the rows of these ids, as far as they are still there: one that was set anew has another id. */
export async function updateSealed(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  secrets: readonly { readonly id: string; readonly stored: StoredSecret }[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update credentials c set sealed = n.sealed, wrapped_key = n.wrapped_key, key_version = n.key_version
    from unnest(${secrets.map(({ id }) => id)}::uuid[], ${secrets.map(({ stored }) => stored.sealed)}::text[],
      ${secrets.map(({ stored }) => stored.wrappedKey)}::text[],
      ${secrets.map(({ stored }) => stored.keyVersion)}::integer[]) n (id, sealed, wrapped_key, key_version)
    where c.workspace_id = ${workspaceId} and c.id = n.id`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** How many sealed credentials of a workspace lie under which key. */
export async function keysOfCredentials(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
): Promise<{ readonly keyVersion: number | null; readonly secrets: number }[]> {
  const rows = await tx
    .selectFrom('credentials')
    .where('workspace_id', '=', workspaceId)
    .where('kind', '<>', 'federated')
    .groupBy('key_version')
    .select(({ fn }) => ['key_version', fn.countAll<number>().as('secrets')])
    .execute()
  return rows.map(({ key_version: keyVersion, secrets }) => ({ keyVersion, secrets }))
}

/** Puts a credential in the place of the one with the same purpose, whose sealed text and key are gone afterwards. */
export async function replaceCredential(
  tx: Tx,
  ctx: TenantContext,
  connectionId: ConnectionId,
  credential: Omit<CredentialRow, 'createdAt' | 'consentedAt'>,
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
      sealed: credential.stored?.sealed ?? null,
      wrapped_key: credential.stored?.wrappedKey ?? null,
      key_version: credential.stored?.keyVersion ?? null,
      thumbprint: credential.thumbprint,
      expires_at: credential.expiresAt,
    })
    .execute()
}

/** Remembers that a browser came back with the consent for an app. */
export async function markConsented(tx: Tx, ctx: TenantContext, purpose: Purpose): Promise<void> {
  await tx
    .updateTable('credentials')
    .set({ consented_at: sql<Date>`clock_timestamp()` })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('purpose', '=', purpose)
    .execute()
}

/** Forgets how a tenant is reached. False: nobody knew. */
export async function deleteConnection(tx: Tx, ctx: TenantContext): Promise<boolean> {
  const deleted = await tx
    .deleteFrom('connections')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .executeTakeFirst()
  return deleted.numDeletedRows > 0n
}
