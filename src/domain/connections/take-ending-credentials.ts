import { sql } from 'kysely'
import type { CredentialKind, Purpose } from '#domain/connections/connection.ts'
import { expiryThresholdDays } from '#domain/connections/credential-warnings.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { CredentialId, TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'

/** How many days before the end of a credential is told; 0: that it has ended. */
export const toldDays: readonly number[] = [...expiryThresholdDays, 0]

/** A credential that has passed a threshold of which nobody was told yet. */
export interface EndingCredential {
  readonly credentialId: CredentialId
  readonly tenantId: TenantId
  readonly purpose: Purpose
  readonly kind: Exclude<CredentialKind, 'federated'>
  readonly clientId: string
  readonly expiresAt: Date
  /** The nearest threshold that has passed; 0: it has ended. */
  readonly withinDays: number
}

/** Workspaces with such a credential, the one that ends first before the others. Nothing is locked. */
export async function workspacesWithEndingCredentials(db: Database, limit: number): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ workspace_id: string }>`
    select n.workspace_id from workspaces_with_ending_credentials(${toldDays}, ${limit}) n`.execute(db)
  return rows.map((row) => asId<WorkspaceId>(row.workspace_id))
}

interface EndingRow {
  readonly id: string
  readonly tenant_id: string
  readonly purpose: Purpose
  readonly kind: EndingCredential['kind']
  readonly client_id: string
  readonly expires_at: Date
  readonly within_days: number
}

/**
 * Takes the next such credentials of a workspace, and writes down that their threshold is told: whoever calls it tells
 * in the same transaction. Locks their rows and passes over those that somebody else has locked; one that somebody
 * replaces meanwhile is gone.
 */
export async function takeEndingCredentials(
  tx: Tx,
  { workspaceId }: WorkspaceContext,
  limit: number,
): Promise<EndingCredential[]> {
  const { rows } = await sql<EndingRow>`
    with due as materialized (
      select c.id, passed_threshold(c.expires_at, ${toldDays}) as within_days
      from credentials c
      join tenants t on t.workspace_id = c.workspace_id and t.id = c.tenant_id
      where c.workspace_id = ${workspaceId} and t.archived_at is null
        and c.told_within_days is distinct from 0
        and c.expires_at <= statement_timestamp() + make_interval(hours => 24 * ${Math.max(...toldDays)}::integer)
        and (c.told_within_days is null or passed_threshold(c.expires_at, ${toldDays}) < c.told_within_days)
      order by c.expires_at, c.id limit ${limit}
      for no key update of c skip locked
    )
    update credentials c set told_within_days = due.within_days
    from due
    where c.workspace_id = ${workspaceId} and c.id = due.id
    returning c.id, c.tenant_id, c.purpose, c.kind, c.client_id, c.expires_at, due.within_days`.execute(tx)
  return rows.map((row) => ({
    credentialId: asId<CredentialId>(row.id),
    tenantId: asId<TenantId>(row.tenant_id),
    purpose: row.purpose,
    kind: row.kind,
    clientId: row.client_id,
    expiresAt: row.expires_at,
    withinDays: row.within_days,
  }))
}
