import type { ClaimKey } from '#domain/operations/claim.ts'
import type { Verdict } from '#domain/operations/decide-ending.ts'
import type { FailureLine, RunOutcome } from '#domain/operations/operation.ts'
import { Together } from '#domain/operations/together.ts'
import type { Database } from '#foundation/db/database.ts'
import { runStatement } from '#foundation/db/run-statement.ts'

/** How a claimed run ends, as `finish_run` takes it. */
export interface Finish extends ClaimKey {
  readonly verdict: Verdict
  readonly atBest: 'partially_succeeded' | 'failed' | null
  readonly failures: readonly FailureLine[]
  readonly context: Readonly<Record<string, unknown>>
  readonly cooldown: { readonly minutes: number; readonly after: readonly string[] }
  readonly auditId: string
}

/** Null: the claim does not hold any more, and nothing changed. */
type Finished = RunOutcome | null

const finishesOf = new WeakMap<Database, Together<Finish, Finished>>()

/** Ends a run under its claim, in a statement of its own or together with other ends of this process. */
export function finishTogether(db: Database, finish: Finish): Promise<Finished> {
  let finishes = finishesOf.get(db)
  if (finishes === undefined) {
    finishes = new Together({ one: (input) => finishOne(db, input), many: (inputs) => finishMany(db, inputs) })
    finishesOf.set(db, finishes)
  }
  return finishes.call(finish)
}

const one = {
  name: 'finish_run',
  text: 'select finish_run($1, $2, $3, $4, $5, $6, $7, $8, make_interval(mins => $9), $10, $11) as outcome',
}
const many = { name: 'finish_runs', text: 'select place, outcome from finish_runs($1)' }

async function finishOne(db: Database, finish: Finish): Promise<Finished> {
  const { ctx, runId, attempt, owner, verdict, atBest, cooldown, auditId } = finish
  const texts = [JSON.stringify(finish.failures), JSON.stringify(finish.context)]
  const values = [ctx.workspaceId, runId, attempt, owner, verdict, atBest, ...texts]
  const [row] = await runStatement<{ outcome: Finished }>(db, one, [
    ...values,
    cooldown.minutes,
    cooldown.after,
    auditId,
  ])
  return row?.outcome ?? null
}

async function finishMany(db: Database, finishes: readonly Finish[]): Promise<Finished[]> {
  const ends = JSON.stringify(finishes.map(endOf))
  const rows = await runStatement<{ place: number; outcome: Finished }>(db, many, [ends])
  const answers = new Map(rows.map((row) => [row.place, row.outcome]))
  return finishes.map((_, place) => answers.get(place) ?? null)
}

function endOf({ ctx, runId, cooldown, ...finish }: Finish, place: number) {
  return {
    place,
    workspace: ctx.workspaceId,
    run: runId,
    attempt: finish.attempt,
    owner: finish.owner,
    verdict: finish.verdict,
    at_best: finish.atBest,
    failures: finish.failures,
    context: finish.context,
    cooldown_minutes: cooldown.minutes,
    cooldown_after: cooldown.after,
    audit: finish.auditId,
  }
}
