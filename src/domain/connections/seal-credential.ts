import { z } from 'zod'
import type { ConnectionId, TenantId, WorkspaceId } from '#foundation/kernel/ids.ts'
import type { Sealer } from '#foundation/crypto/seal.ts'
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

export function secretOf(credential: NewCredential): CredentialSecret {
  if (credential.kind === 'secret') return { secret: credential.secret }
  return { privateKeyPem: credential.privateKeyPem, certificatePem: credential.certificatePem }
}

export function sealSecret(sealer: Sealer, secret: CredentialSecret, place: CredentialPlace): string {
  return sealer.seal(JSON.stringify(secret), aadOf(place))
}

/** Throws when the text was sealed for another place or by another key. */
export function openSecret(sealer: Sealer, sealed: string, place: CredentialPlace): CredentialSecret {
  return sealedForm.parse(JSON.parse(sealer.open(sealed, aadOf(place))))
}

function aadOf({ workspaceId, tenantId, connectionId, purpose }: CredentialPlace): string {
  return [workspaceId, tenantId, connectionId, purpose].join('|')
}
