import type { Capability } from '#foundation/kernel/capability.ts'
import type { ApiKeyId, SessionId, TenantId, UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

/**
 * How a person proved who they are. `console`: by the right to run commands beside the database, so by nothing of their
 * own. `device`: by approving a program's code where they are signed in.
 */
export type SignInMethod = 'entra' | 'local' | 'console' | 'device'

/** Who sends a request: a person in a session. */
export interface Person {
  readonly kind: 'person'
  readonly userId: UserId
  readonly name: string
  readonly sessionId: SessionId
  readonly method: SignInMethod
  /** When they last proved who they are. */
  readonly authenticatedAt: Date
  readonly expiresAt: Date
}

/** Who sends a request: a program with a key. It acts for the member who made the key, with no more than both may. */
export interface KeyHolder {
  readonly kind: 'key'
  readonly userId: UserId
  /** Of the member and of the key. */
  readonly name: string
  readonly keyId: ApiKeyId
  readonly workspaceId: WorkspaceId
  readonly capabilities: readonly Capability[]
  /** Null: every tenant the member may open. */
  readonly tenantIds: readonly TenantId[] | null
}

export type Caller = Person | KeyHolder
