import { credentialWarnings } from '#domain/connections/credential-warnings.ts'
import type { CredentialWarning } from '#domain/connections/credential-warnings.ts'
import type { ConnectionView } from '#domain/connections/connection.ts'
import { iso } from '#entrypoints/documents/iso.ts'

export interface ConnectionDocument {
  readonly cloud: string
  readonly authorityUrl: string
  readonly graphUrl: string
  readonly changedAt: string
  readonly credentials: readonly {
    readonly purpose: string
    readonly kind: string
    readonly clientId: string
    readonly thumbprint: string | null
    readonly expiresAt: string | null
    readonly createdAt: string
    readonly warnings: readonly CredentialWarning[]
  }[]
}

export function connectionDocument(connection: ConnectionView): ConnectionDocument {
  const now = new Date()
  const { cloud, authorityUrl, graphUrl, changedAt, credentials } = connection
  return {
    cloud,
    authorityUrl,
    graphUrl,
    changedAt: changedAt.toISOString(),
    credentials: credentials.map((credential) => ({
      purpose: credential.purpose,
      kind: credential.kind,
      clientId: credential.clientId,
      thumbprint: credential.thumbprint,
      expiresAt: iso(credential.expiresAt),
      createdAt: credential.createdAt.toISOString(),
      warnings: credentialWarnings(credential, now),
    })),
  }
}
