import { AsyncLocalStorage } from 'node:async_hooks'
import type { IsolationLevel } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import { genuine, type Admission, type WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'

/** The connection was lost while COMMIT was under way: the transaction took effect or it did not. Unknown, not failed. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown'

  constructor(options: { cause: unknown }) {
    super('the connection was lost during commit: whether the transaction took effect is unknown', options)
  }
}

export interface TransactionOptions {
  readonly isolation?: Extract<IsolationLevel, 'read committed' | 'repeatable read' | 'serializable'>
}

const lockTimeoutMs = 2_000
const maxTries = 4

/**
 * Runs `fn` in one transaction that belongs to the workspace of the scope. On a deadlock or a serialization failure the whole
 * function runs again, at most four times in all, so it has no effect outside the transaction.
 * @throws CommitUnknown when the connection was lost during COMMIT
 * @throws Failure `access_ended` when what let the request in no longer does
 * @throws TypeError for a scope that is not genuine, before anything is sent
 */
export async function inWorkspace<T>(
  db: Database,
  ctx: WorkspaceContext,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { workspaceId, admission } = genuine(ctx)
  const statements = [...workspaceStatements(workspaceId), ...admissionStatements(admission)]
  for (let tries = 1; ; tries += 1) {
    try {
      return await opening.run(statements, () =>
        db
          .transaction()
          .setIsolationLevel(options.isolation ?? 'read committed')
          .execute((tx) => opening.run([], () => withLastActs(tx, fn))),
      )
    } catch (error) {
      if (sqlState(error) === accessEnded)
        throw new Failure('access_ended', 'Your access ended meanwhile: sign in again.')
      if (tries === maxTries || !mayRunAgain(error)) throw error
    }
  }
}

// The literal SET LOCAL, and not set_config(), is what Citus carries to its nodes. What stands in a scope was checked when
// it was made: its ids are UUIDs, here and below.
function workspaceStatements(workspaceId: WorkspaceId): string[] {
  return [`set local app.workspace_id = '${workspaceId}'`, `set local lock_timeout = ${lockTimeoutMs}`]
}

/** The SQLSTATE that `require_admission` raises. */
const accessEnded = 'TA401'

function admissionStatements(admission: Admission | undefined): string[] {
  if (admission === undefined) return []
  const { userId, memberVersion, sessionId, apiKeyId, tenantIds } = admission
  const literal = (id: string | null) => (id === null ? 'null' : `'${id}'`)
  return [
    ...(tenantIds === null ? [] : [`set local app.tenants = '{${tenantIds.join()}}'`]),
    `select require_admission('${userId}', ${memberVersion}, ${literal(sessionId)}, ${literal(apiKeyId)})`,
  ]
}

// Carried beside the call because Kysely has no room for it: so BEGIN and SET LOCAL are one round trip instead of two.
const opening = new AsyncLocalStorage<readonly string[]>()

type Act = () => Promise<unknown>

const lastActsOf = new WeakMap<Tx, Act[]>()

async function withLastActs<T>(tx: Tx, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const acts: Act[] = []
  lastActsOf.set(tx, acts)
  const result = await fn(tx)
  for (const act of acts) await act()
  return result
}

/**
 * Does `act` as the last thing before the transaction of `inWorkspace` commits, after what was asked for so before: for
 * what takes a lock that many want, so that it is held for little but the commit and nothing is waited for under it.
 */
export function beforeCommit(tx: Tx, act: Act): void {
  const acts = lastActsOf.get(tx)
  if (acts === undefined) throw new TypeError('a transaction that inWorkspace() did not open')
  acts.push(act)
}

/** For the driver only: what goes with the BEGIN of the transaction that is being opened. */
export function openingStatements(): readonly string[] {
  return opening.getStore() ?? []
}

/** Whether the server rolled back because of other transactions, so that the same work may simply run again. */
function mayRunAgain(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlState(error))
}

/** Whether an error means that the server may not have heard the statement, or we not its answer. */
export function wasConnectionLost(error: unknown): boolean {
  // Kysely's word for a COMMIT that the server answered with ROLLBACK: nothing took effect, and that is known.
  if (!(error instanceof Error) || error.name === 'AbortedTransactionError') return false
  if (error instanceof Failure) return false
  const state = sqlState(error)
  // No SQLSTATE: the socket broke. Class 08: connection exception. Class 57P: the server shut down or crashed.
  return state === '' || state.startsWith('08') || state.startsWith('57P')
}

/** The SQLSTATE of a database error, '' for any other. */
export function sqlState(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Every SQLSTATE has a digit; EPIPE, which has five letters too, is the socket's word.
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : ''
}
