import type { Admitted } from '#domain/access/admit.ts'
import type { Caller, Person } from '#domain/access/caller.ts'
import type { Operator } from '#domain/platform/operator.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { SigningKeys } from '#foundation/crypto/sign.ts'
import type { NotifySettings } from '#domain/notifications/deliver.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Log } from '#foundation/observability/log.ts'
import type { EventFeed } from '#entrypoints/http/events/event-feed.ts'
import type { Cookies } from '#entrypoints/http/session-cookie.ts'

/** What people sign in by. */
export interface SignInContext {
  /** Absent: nobody signs in with Entra here. */
  readonly entra: EntraSignIn | undefined
  /** Of the secrets of second factors. */
  readonly sealer: SecretBox
  /** Counts a try, by where it comes from and by the account. @throws Failure `too_many_requests` */
  readonly takeTry: (account: string) => void
}

/** What a procedure has beside its input. */
export interface ApiContext {
  readonly db: Database
  readonly log: Log
  /** Where notifications may be sent, and how. */
  readonly notify: NotifySettings
  readonly feed: EventFeed
  readonly requestId: string
  /** Where people open the console. */
  readonly pageUrl: string
  /** Of the client, or of the proxy's client where the proxy is trusted. */
  readonly address: string
  readonly header: (name: string) => string | undefined
  /** Whoever sends the request; absent when they are signed out. */
  readonly caller: Caller | undefined
  /** Of the platform's plane, where one is signed in. */
  readonly operator: Operator | undefined
  /** Where the caller was let in; absent for procedures outside a workspace. */
  readonly admitted?: Admitted
  /** Hosts beside Microsoft's clouds that a connection may name. */
  readonly graphAllowHosts: readonly string[]
  /** Public keys by which this host checks what was signed of the audit log. */
  readonly auditKeys: () => SigningKeys
  readonly cookies: Cookies
  readonly signIn: SignInContext
  /** Headers for the answer. */
  readonly answer: Headers
  /** What the procedure threw, for the answer and the log. */
  readonly outcome: {
    error?: unknown
    /** What is answered instead of what the procedure returned. */
    response?: Response
  }
}

/** The workspace the caller was let into. */
export function workspaceOf({ admitted }: ApiContext): WorkspaceContext {
  if (admitted === undefined) throw new TypeError('a procedure outside a workspace asks for one')
  return admitted.ctx
}

/** The tenant the caller was let into. */
export function tenantOf({ admitted }: ApiContext): TenantContext {
  if (admitted?.tenant === undefined) throw new TypeError('a procedure without a tenant asks for one')
  return admitted.tenant
}

/** @throws Failure `not_allowed` for a key: what concerns a person's own account is not for keys */
export function personOf({ caller }: ApiContext): Person {
  if (caller?.kind === 'person') return caller
  throw new Failure('not_allowed', 'This is for people who are signed in, not for API keys.')
}

/** How a run came about that somebody starts here: by a person, or by a program with a key. */
export function triggerOf({ caller }: ApiContext): 'user' | 'api' {
  return caller?.kind === 'key' ? 'api' : 'user'
}

/** The platform operator who was let in. */
export function operatorOf({ operator }: ApiContext): Operator {
  if (operator === undefined) throw new TypeError('a procedure of the platform was called without an operator')
  return operator
}
