import { ensureRow, startRows, type NewRun } from '#domain/operations/ensure-run.store.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import { Together } from '#domain/operations/together.ts'
import type { Database } from '#foundation/db/database.ts'

const startsOf = new WeakMap<Database, Together<NewRun, EnsuredRun>>()

/** As `ensureRow`, in a statement of its own or together with other starts of this process. */
export function startTogether(db: Database, run: NewRun): Promise<EnsuredRun> {
  let starts = startsOf.get(db)
  if (starts === undefined) {
    starts = new Together({ one: (input) => ensureRow(db, input), many: (inputs) => startRows(db, inputs) })
    startsOf.set(db, starts)
  }
  return starts.call(run)
}
