import { sql } from 'kysely'
import type { Purpose } from '#domain/connections/connection.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { SessionId } from '#foundation/kernel/ids.ts'

/** A consent that was asked for: what its answer must fit to. */
export interface PendingConsent {
  readonly purpose: Purpose
  readonly clientId: string
  readonly entraTenantId: string
  readonly sessionId: SessionId
  /** A path of this console. */
  readonly returnTo: string
}

export interface ConsentHashes {
  readonly state: Buffer
  readonly browser: Buffer
}

/** Keeps it, and forgets those of the workspace that nobody answered in an hour. */
export async function keepConsent(
  tx: Tx,
  ctx: TenantContext,
  hashes: ConsentHashes,
  consent: PendingConsent,
): Promise<void> {
  await tx
    .deleteFrom('pending_consents')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('asked_at', '<', sql<Date>`clock_timestamp() - interval '1 hour'`)
    .execute()
  await tx
    .insertInto('pending_consents')
    .values({
      workspace_id: ctx.workspaceId,
      tenant_id: ctx.tenantId,
      state_hash: hashes.state,
      browser_hash: hashes.browser,
      session_id: consent.sessionId,
      purpose: consent.purpose,
      client_id: consent.clientId,
      entra_tenant_id: consent.entraTenantId,
      return_to: consent.returnTo,
    })
    .execute()
}

/** Where a consent with that state was asked for, in whatever workspace: through the door. */
export async function placeOfConsent(
  db: Database,
  stateHash: Buffer,
): Promise<{ readonly workspace: string; readonly tenant: string } | undefined> {
  const { rows } = await sql<{ slug: string; tenant_ref: string }>`select * from find_consent(${stateHash})`.execute(db)
  const [row] = rows
  return row && { workspace: row.slug, tenant: row.tenant_ref }
}

/** Taken out: an answer is looked at once. Undefined: this browser and session did not ask, or it was answered before. */
export async function takeConsent(
  tx: Tx,
  ctx: TenantContext,
  hashes: ConsentHashes,
  sessionId: SessionId,
): Promise<(PendingConsent & { readonly isLate: boolean }) | undefined> {
  const row = await tx
    .deleteFrom('pending_consents')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('state_hash', '=', hashes.state)
    .where('browser_hash', '=', hashes.browser)
    .where('session_id', '=', sessionId)
    .returning(['purpose', 'client_id', 'entra_tenant_id', 'session_id', 'return_to'])
    .returning(sql<boolean>`asked_at < clock_timestamp() - interval '15 minutes'`.as('is_late'))
    .executeTakeFirst()
  return (
    row && {
      purpose: row.purpose as Purpose,
      clientId: row.client_id,
      entraTenantId: row.entra_tenant_id,
      sessionId: asId(row.session_id),
      returnTo: row.return_to,
      isLate: row.is_late,
    }
  )
}
