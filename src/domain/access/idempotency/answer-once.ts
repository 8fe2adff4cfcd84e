/**
 * A request with an Idempotency-Key has its effect once: the same one sent again gets the answer of the first. What is
 * kept is in the database, so it holds over restarts and whichever host answers.
 */
import {
  deleteKey,
  deleteOldKeys,
  insertKey,
  keepAnswer,
  keptAnswer,
  renewKey,
  type KeyOfRequest,
} from '#domain/access/idempotency/idempotency.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface OnceOptions {
  /** What it does twice has one effect by itself: a start. Only then is it done again when the first answer was lost. */
  readonly isRepeatable: boolean
  /** Whether what it threw says that nothing happened: corrected, the request may be sent with the same key. */
  readonly hadNoEffect: (error: unknown) => boolean
}

/**
 * The answer of `act`, or the one it gave before under this key.
 * @throws Failure `key_reused` when the key belongs to another request, `invalid_state` while the first one is under way
 * or when nobody knows what became of it
 */
export async function answerOnce<T>(
  db: Database,
  ctx: WorkspaceContext,
  request: KeyOfRequest,
  act: () => Promise<T>,
  { isRepeatable, hadNoEffect }: OnceOptions,
): Promise<T> {
  const kept = await takeKey(db, ctx, request, isRepeatable)
  // What was kept is what this procedure answered: the hash of the request includes its path.
  if (kept !== undefined) return kept.answer as T
  try {
    const answer = await act()
    await inWorkspace(db, ctx, (tx) => keepAnswer(tx, ctx, request, answer))
    return answer
  } catch (error) {
    if (hadNoEffect(error)) await inWorkspace(db, ctx, (tx) => deleteKey(tx, ctx, request)).catch(() => undefined)
    throw error
  }
}

async function takeKey(
  db: Database,
  ctx: WorkspaceContext,
  request: KeyOfRequest,
  isRepeatable: boolean,
): Promise<{ readonly answer: unknown } | undefined> {
  return inWorkspace(db, ctx, async (tx) => {
    await deleteOldKeys(tx, ctx)
    if (await insertKey(tx, ctx, request)) return undefined
    const kept = await keptAnswer(tx, ctx, request)
    if (kept === undefined) throw underWay()
    if (!kept.request_hash.equals(request.requestHash))
      throw new Failure('key_reused', 'This Idempotency-Key was sent with another request before.')
    if (kept.status !== null) return { answer: kept.response }
    if (!kept.is_old) throw underWay()
    if (!isRepeatable) {
      throw new Failure(
        'invalid_state',
        'The first request with this Idempotency-Key was not answered: look whether it had its effect, then use another key.',
      )
    }
    await renewKey(tx, ctx, request)
    return undefined
  })
}

function underWay(): Failure {
  return new Failure('invalid_state', 'The first request with this Idempotency-Key is still under way.', {
    retryAfterMs: 1_000,
  })
}
