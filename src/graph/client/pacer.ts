import type { Clock } from '#graph/client/clock.ts'
import { systemClock } from '#graph/client/clock.ts'
import type { Bucket, BucketShape, PaceClass, PacingLimits } from '#graph/client/token-bucket.ts'
import { bucketShape, refilled, waitForTokensMs } from '#graph/client/token-bucket.ts'

export type { PaceClass, PacingLimits } from '#graph/client/token-bucket.ts'
export { defaultPacing } from '#graph/client/token-bucket.ts'

/** How long somebody waited, and for what. */
export interface Waited {
  /** For the budget: our own restraint. */
  readonly pacedMs: number
  /** Because Graph asked for it. */
  readonly blockedMs: number
}

/** When requests to one tenant may be sent. The budget belongs to the tenant, not to a process or a client. */
export interface Pacer {
  /**
   * Resolves when `n` requests may be sent, in the order of the calls. A write takes from both budgets.
   * @throws PacerBlocked when Graph asked for a longer pause than anybody should wait for in place
   */
  take(paceClass: PaceClass, n: number, signal: AbortSignal): Promise<Waited>
  /** Graph asked for a pause: nothing of this class is sent before it is over. `any` holds back writes too. */
  block(paceClass: PaceClass, delayMs: number): Promise<void>
  /** The tenant's one write: held from before it is sent until its answer was read. */
  writeSlot(signal: AbortSignal): Promise<Disposable>
}

/** The pause is long: give the run back and come again after `retryAfterMs`. */
export class PacerBlocked extends Error {
  override readonly name = 'PacerBlocked'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super(`Microsoft Graph asked to wait ${retryAfterMs} ms`)
    this.retryAfterMs = retryAfterMs
  }
}

/** Longer pauses are not waited for in place: they would hold a worker slot that other tenants could use. */
export const longestWaitMs = 60_000

export const noWait: Waited = { pacedMs: 0, blockedMs: 0 }

export function addWaits(one: Waited, other: Waited): Waited {
  return { pacedMs: one.pacedMs + other.pacedMs, blockedMs: one.blockedMs + other.blockedMs }
}

/** Paces one tenant within this process. */
export function createLocalPacer(limits: PacingLimits, options: { readonly clock?: Clock } = {}): Pacer {
  const clock = options.clock ?? systemClock
  const any = createBudget(limits, 'any', clock)
  const write = createBudget(limits, 'write', clock)
  const writes = createQueue()

  return {
    async take(paceClass, n, signal) {
      const waited = paceClass === 'write' ? await write.inTurn(signal, () => takeFrom(write, n, signal)) : noWait
      return addWaits(waited, await any.inTurn(signal, () => takeFrom(any, n, signal)))
    },
    async block(paceClass, delayMs) {
      const budget = paceClass === 'write' ? write : any
      budget.blockedUntilMs = Math.max(budget.blockedUntilMs, clock.now() + delayMs)
    },
    writeSlot: (signal) => holdSlot(writes, signal),
  }
}

interface Budget {
  readonly shape: BucketShape
  readonly clock: Clock
  readonly inTurn: Queue
  bucket: Bucket
  blockedUntilMs: number
}

function createBudget(limits: PacingLimits, paceClass: PaceClass, clock: Clock): Budget {
  const shape = bucketShape(limits, paceClass)
  return {
    shape,
    clock,
    inTurn: createQueue(),
    bucket: { tokens: shape.capacity, atMs: clock.now() },
    blockedUntilMs: 0,
  }
}

async function takeFrom(budget: Budget, n: number, signal: AbortSignal): Promise<Waited> {
  const { clock, shape } = budget
  let waited = noWait
  for (;;) {
    signal.throwIfAborted()
    const blockedMs = budget.blockedUntilMs - clock.now()
    if (blockedMs > longestWaitMs) throw new PacerBlocked(blockedMs)
    if (blockedMs > 0) {
      await clock.sleep(blockedMs, signal)
      waited = addWaits(waited, { pacedMs: 0, blockedMs })
      continue
    }
    budget.bucket = refilled(budget.bucket, shape, clock.now())
    const pacedMs = waitForTokensMs(budget.bucket, shape, n)
    if (pacedMs === 0) {
      budget.bucket = { ...budget.bucket, tokens: budget.bucket.tokens - n }
      return waited
    }
    await clock.sleep(pacedMs, signal)
    waited = addWaits(waited, { pacedMs, blockedMs: 0 })
  }
}

export type Queue = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** Runs one piece of work at a time, in the order of the calls; one that was aborted while waiting does not run. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (signal, work) => {
    const run = last.then(() => {
      signal.throwIfAborted()
      return work()
    })
    last = run.catch(() => undefined)
    return run
  }
}

/** Waits for the queue and holds its turn until disposed. */
export function holdSlot(queue: Queue, signal: AbortSignal): Promise<Disposable> {
  return new Promise((resolve, reject) => {
    queue(signal, () => {
      const { promise, resolve: release } = Promise.withResolvers<void>()
      resolve({ [Symbol.dispose]: () => release() })
      return promise
    }).catch(reject)
  })
}
