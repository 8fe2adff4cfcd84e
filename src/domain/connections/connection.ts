import type { Cloud } from '#domain/connections/endpoints.ts'

/** The reader observes; the writer's token is made for the writes of a confirmed restore only. */
export type Purpose = 'reader' | 'writer'

/** Federated: the platform a worker runs on signs for it, and nothing secret is stored. */
export type CredentialKind = 'secret' | 'certificate' | 'federated'

/** What a credential consists of before it is sealed. */
export type NewCredential =
  | { readonly kind: 'secret'; readonly clientId: string; readonly secret: string; readonly expiresAt?: Date }
  | {
      readonly kind: 'certificate'
      readonly clientId: string
      readonly privateKeyPem: string
      readonly certificatePem: string
    }
  | { readonly kind: 'federated'; readonly clientId: string }

/** A credential as it may be shown: never what is secret of it. */
export interface CredentialView {
  readonly purpose: Purpose
  readonly kind: CredentialKind
  readonly clientId: string
  readonly thumbprint: string | null
  readonly expiresAt: Date | null
  readonly createdAt: Date
  /** When a browser came back with an administrator's consent for its app, if one did. */
  readonly consentedAt: Date | null
}

export interface ConnectionView {
  readonly cloud: Cloud
  readonly authorityUrl: string
  readonly graphUrl: string
  readonly credentials: readonly CredentialView[]
  readonly changedAt: Date
}
