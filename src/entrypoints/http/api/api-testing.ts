import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLiveFragments } from '#entrypoints/http/live-fragments.ts'
import { createApp } from '#entrypoints/http/create-app.ts'
import { deliverDeps } from '#domain/notifications/notifications-testing.ts'
import { createEventFeed, type EventFeed } from '#entrypoints/http/events/event-feed.ts'
import { newToken } from '#domain/access/tokens.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import type { EntraSignIn } from '#domain/access/sign-in/entra-sign-in.ts'
import { createSecretBox } from '#foundation/crypto/secret-box.ts'
import { readSigningKeys, type SigningKeys } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { Log } from '#foundation/observability/log.ts'

const log = createLog({ level: 'silent', pretty: false })
const pageUrl = 'http://localhost:4780'

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
  readonly text: string
}

export interface Ask {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Test only: told of every answer: for whoever looks at what tests are told. */
export const answered = new Set<(answer: Asked & { readonly method: string; readonly path: string }) => void>()

/** Test only: the whole HTTP surface over a database, asked without a socket. */
export function givenApp(
  db: Database,
  {
    entra,
    feed = createEventFeed({ db, log }),
    graphAllowHosts = [],
    auditKeys = () => readSigningKeys([]),
    heard = log,
  }: {
    readonly entra?: EntraSignIn
    readonly feed?: EventFeed
    readonly graphAllowHosts?: readonly string[]
    readonly auditKeys?: () => SigningKeys
    readonly heard?: Log
  } = {},
) {
  const keyFile = join(mkdtempSync(join(tmpdir(), 'tenantatlas-sign-in-')), 'sign-in.key')
  const { notify } = deliverDeps(db)
  const app = createApp({
    db,
    log: heard,
    notify,
    feed,
    graphAllowHosts,
    auditKeys,
    pageUrl,
    entra,
    sealer: createSecretBox({ keyFile }),
    live: createLiveFragments({ log }),
    // Each test asks from an address of its own kind, so that rates of one do not refuse another.
    addressOf: () => randomUUID(),
  })
  const send = (method: string, path: string, { token, body, headers }: Ask = {}) =>
    app.request(`${pageUrl}${path}`, {
      method,
      headers: {
        host: 'localhost:4780',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const ask = async (method: string, path: string, sent: Ask = {}): Promise<Asked> => {
    const response = await send(method, path, sent)
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (isStream) await response.body?.cancel()
    const text = isStream ? '' : await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const body = isJson ? (JSON.parse(text) as unknown) : undefined
    const { status, headers } = response
    for (const hear of answered) hear({ method, path, status, headers, text, body })
    return { status, headers, text, body }
  }
  return Object.assign(ask, {
    /** The answer as it comes, for what does not end. */
    open: async (path: string, sent: Ask = {}): Promise<Response> => send('GET', path, sent),
  })
}

/** Test only: somebody with that role, signed in; or of no workspace. */
export async function givenPerson(
  db: Database,
  at?: { readonly ctx: WorkspaceContext; readonly role: Role; readonly allTenants?: boolean },
): Promise<{ readonly userId: UserId; readonly token: string }> {
  const userId = newId<UserId>()
  await db
    .insertInto('users')
    .values({ id: userId, display_name: `Person ${userId.slice(-4)}` })
    .execute()
  if (at !== undefined) {
    const member = {
      workspace_id: at.ctx.workspaceId,
      user_id: userId,
      role: at.role,
      all_tenants: at.allTenants ?? true,
    }
    await inWorkspace(db, at.ctx, (tx) => tx.insertInto('workspace_members').values(member).execute())
  }
  const { token } = await openSession(db, { userId, method: 'local' })
  return { userId, token }
}

/** Test only: the short name of a workspace that `givenWorkspace` made. */
export function slugOfTest({ workspaceId }: WorkspaceContext): string {
  return `w-${workspaceId}`
}

/** Test only: the session of a platform operator. */
export async function givenOperator(db: Database): Promise<string> {
  const id = newId()
  const { token, hash } = newToken('tao_')
  const account = { login_name: `operator-${id}`, display_name: 'Olga Petrov', password_hash: '-', totp_sealed: '-' }
  await db
    .insertInto('platform_accounts')
    .values({ id, ...account })
    .execute()
  const session = { id: newId(), token_hash: hash, account_id: id, expires_at: new Date(Date.now() + 3_600_000) }
  await db.insertInto('platform_sessions').values(session).execute()
  return token
}
