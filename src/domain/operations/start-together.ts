/**
 * Starts that come while others are under way share a statement and a commit: a process that starts hundreds of runs a
 * second costs the database a fraction of it, and one that starts a run now and then waits for nobody.
 */
import { ensureRow, startRows, type NewRun } from '#domain/operations/ensure-run.store.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { wasConnectionLost } from '#foundation/db/transaction.ts'

interface Waiting extends PromiseWithResolvers<EnsuredRun> {
  readonly run: NewRun
}

interface Starts {
  readonly waiting: Waiting[]
  underWay: number
}

// Two, so that one is made ready while the database works on the other.
const mostUnderWay = 2
const mostTogether = 64

const startsOf = new WeakMap<Database, Starts>()

/** As `ensureRow`, in a statement of its own or together with other starts of this process. */
export async function startTogether(db: Database, run: NewRun): Promise<EnsuredRun> {
  const starts = startsOf.get(db) ?? { waiting: [], underWay: 0 }
  startsOf.set(db, starts)
  const one: Waiting = { run, ...Promise.withResolvers<EnsuredRun>() }
  starts.waiting.push(one)
  if (starts.underWay < mostUnderWay) void sendAll(db, starts)
  return one.promise
}

async function sendAll(db: Database, starts: Starts): Promise<void> {
  starts.underWay += 1
  while (starts.waiting.length > 0) await send(db, starts.waiting.splice(0, mostTogether))
  starts.underWay -= 1
}

async function send(db: Database, batch: readonly Waiting[]): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  if (batch.length === 1) return settle(first, ensureRow(db, first.run))
  try {
    const answers = await startRows(
      db,
      batch.map(({ run }) => run),
    )
    for (const [place, one] of batch.entries()) one.resolve(present(answers[place]))
  } catch (error) {
    // Each caller settles a lost answer for itself. Anything else concerns one of them: the others must not pay for it.
    if (wasConnectionLost(error)) for (const one of batch) one.reject(error)
    else await Promise.all(batch.map((one) => settle(one, ensureRow(db, one.run))))
  }
}

async function settle({ resolve, reject }: Waiting, answer: Promise<EnsuredRun>): Promise<void> {
  await answer.then(resolve, reject)
}

function present(answer: EnsuredRun | undefined): EnsuredRun {
  if (answer === undefined) throw new TypeError('a start without an answer')
  return answer
}
