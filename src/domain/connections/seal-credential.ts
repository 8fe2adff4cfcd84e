import { z } from 'zod'
import type { ConnectionId, TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { Opener } from '#foundation/crypto/open.ts'
import { seal } from '#foundation/crypto/seal.ts'
import type { SealingKey, StoredSecret } from '#foundation/crypto/seal.ts'
import type { NewCredential, Purpose } from '#domain/connections/connection.ts'

/** Where a sealed text belongs: it opens nowhere else, so a row copied to another tenant is worth nothing. */
export interface CredentialPlace {
  readonly workspaceId: WorkspaceId
  readonly tenantId: TenantId
  readonly connectionId: ConnectionId
  readonly purpose: Purpose
}

const sealedForm = z.union([
  z.strictObject({ secret: z.string() }),
  z.strictObject({ privateKeyPem: z.string(), certificatePem: z.string() }),
])

/** What is secret of a credential. */
export type CredentialSecret = z.infer<typeof sealedForm>

/** Null for a federated credential: there is nothing secret to keep. */
export function sealCredential(
  credential: NewCredential,
  place: CredentialPlace,
  key: SealingKey,
): StoredSecret | null {
  const secret = secretOf(credential)
  return secret && seal(JSON.stringify(secret), placeText(place), key)
}

function secretOf(credential: NewCredential): CredentialSecret | null {
  switch (credential.kind) {
    case 'secret':
      return { secret: credential.secret }
    case 'certificate':
      return { privateKeyPem: credential.privateKeyPem, certificatePem: credential.certificatePem }
    case 'federated':
      return null
  }
}

/** Throws when the text was sealed for another place or its private key is not here. */
export function openSecret(opener: Opener, stored: StoredSecret, place: CredentialPlace): CredentialSecret {
  return sealedForm.parse(JSON.parse(opener.open(stored, placeText(place))))
}

export function placeText({ workspaceId, tenantId, connectionId, purpose }: CredentialPlace): string {
  return [workspaceId, tenantId, connectionId, purpose].join('|')
}
