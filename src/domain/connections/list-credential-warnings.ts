import type { CredentialView } from '#domain/connections/connection.ts'
import { credentialViewsOfAll } from '#domain/connections/connections.store.ts'
import { credentialWarnings } from '#domain/connections/credential-warnings.ts'
import type { CredentialWarning } from '#domain/connections/credential-warnings.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

export interface WarnedCredential {
  readonly tenantName: string
  readonly purpose: CredentialView['purpose']
  readonly warnings: readonly CredentialWarning[]
}

/** The credentials of the workspace that somebody has to do something about. */
export async function listCredentialWarnings(
  db: Database,
  ctx: WorkspaceContext,
  now: Date,
): Promise<WarnedCredential[]> {
  const credentials = await inWorkspace(db, ctx, (tx) => credentialViewsOfAll(tx, ctx))
  return credentials
    .map((credential) => ({ ...credential, warnings: credentialWarnings(credential, now) }))
    .filter(({ warnings }) => warnings.length > 0)
    .map(({ tenantName, purpose, warnings }) => ({ tenantName, purpose, warnings }))
}
