/** The secrets of credentials, for whoever re-wraps and checks all that is sealed. */
import { keysOfCredentials, sealedCredentials, updateSealed } from '#domain/connections/connections.store.ts'
import { placeText } from '#domain/connections/seal-credential.ts'
import type { PlacedSecret, SecretHolder, SecretPage } from '#domain/keys/placed-secret.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'

export async function credentialSecrets(tx: Tx, ctx: WorkspaceContext, page: SecretPage): Promise<PlacedSecret[]> {
  const rows = await sealedCredentials(tx, ctx, page)
  return rows.map(({ id, stored, place, tenantName }) => ({
    id,
    stored,
    place: placeText(place),
    label: `the ${place.purpose} of "${tenantName}"`,
  }))
}

export const replaceCredentialSecrets: SecretHolder['replace'] = updateSealed

export const countCredentialKeys = keysOfCredentials
