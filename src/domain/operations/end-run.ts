/** Carries out how an attempt ends, under its claim: exactly one end is stored, that of the claim that holds. */
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { catalog, isOperationType } from '#domain/operations/catalog.ts'
import type { ClaimKey } from '#domain/operations/claim.ts'
import type { Ending, Verdict } from '#domain/operations/decide-ending.ts'
import { finishTogether } from '#domain/operations/finish-together.ts'
import { keyOf } from '#domain/operations/item-ledger.ts'
import type { FailureLine, RunOutcome, RunResult } from '#domain/operations/operation.ts'
import { announceChange, wakeWorkers } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace, sqlState, wasConnectionLost } from '#foundation/db/transaction.ts'
import { genuine } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'

export type RunEnd =
  | { readonly state: 'ended'; readonly outcome: RunOutcome }
  | { readonly state: 'released'; readonly kind: 'retry' | 'throttled' | 'hand_back' }
  /** The claim did not hold any more: nothing changed. */
  | { readonly state: 'stale' }

export interface EndingRun extends ClaimKey {
  readonly type: string
}

type Release = Exclude<Ending, { kind: 'finish' | 'drop' }>

/**
 * Ends the run or puts it back. While the database does not answer, asks again, until it does or `leaseSignal` says that
 * the claim cannot hold any longer: an answer lost on the way is settled by reading what it left.
 */
export async function endRun(db: Database, run: EndingRun, ending: Ending, leaseSignal: AbortSignal): Promise<RunEnd> {
  genuine(run.ctx)
  if (ending.kind === 'drop') return stale
  // One id for all tries: the entry is there exactly if one of them took effect.
  const auditId = newId()
  const act = () =>
    ending.kind === 'finish'
      ? finish(db, run, { auditId, verdict: ending.verdict, result: ending.result })
      : release(db, run, { auditId, ending })
  const end = await untilAnswered(act, leaseSignal)
  if (end.state !== 'stale') announceChange(db, run)
  if (end.state === 'released') wakeWorkers(db)
  return end
}

const stale = { state: 'stale' } as const
const maxFailureLines = 50

async function finish(
  db: Database,
  run: EndingRun,
  end: { auditId: string; verdict: Verdict; result: RunResult },
): Promise<RunEnd> {
  const { cooldown } = isOperationType(run.type) ? catalog[run.type] : { cooldown: { minutes: 0, after: [] } }
  const { failures = [], context = {} } = end.result
  // Problems of the run as a whole are never a plain success.
  const atBest = end.result.atBest ?? (failures.length > 0 ? 'partially_succeeded' : null)
  const lines = failures.slice(0, maxFailureLines).map(storedLine)
  failpoint('run.ending')
  const { verdict, auditId } = end
  const finished = await finishTogether(db, { ...run, verdict, atBest, failures: lines, context, cooldown, auditId })
  failpoint('run.ended')
  const outcome = finished ?? (await outcomeOfEntry(db, run, auditId))
  return outcome === null ? stale : { state: 'ended', outcome }
}

/** The outcome that an earlier try stored whose answer was lost. */
async function outcomeOfEntry(db: Database, { ctx }: EndingRun, auditId: string): Promise<RunOutcome | null> {
  const entry = await inWorkspace(db, ctx, (tx) =>
    tx
      .selectFrom('audit_entries')
      .select('outcome')
      .where('workspace_id', '=', ctx.workspaceId)
      .where('id', '=', auditId)
      .executeTakeFirst(),
  )
  // Written by finish_run, which stores outcomes only.
  return (entry?.outcome as RunOutcome | undefined) ?? null
}

async function release(
  db: Database,
  run: EndingRun,
  { auditId, ending }: { auditId: string; ending: Release },
): Promise<RunEnd> {
  const { kind } = ending
  const isHandBack = kind === 'hand_back'
  const delayMs = isHandBack ? 0 : ending.delayMs
  const failure = isHandBack ? null : JSON.stringify(storedLine(ending.failure))
  failpoint('run.releasing')
  const { rows } = await sql<{ state: 'released' | 'cancel_requested' | 'stale' }>`
    select release_run(${keyOf(run)}, ${kind}, make_interval(secs => ${delayMs / 1000}), ${failure}) as state`.execute(
    db,
  )
  failpoint('run.released')
  const state = rows[0]?.state
  if (state === 'cancel_requested') return finish(db, run, { auditId, verdict: 'cancelled', result: {} })
  return state === 'released' ? { state, kind } : stale
}

function storedLine(line: FailureLine): FailureLine {
  return { ...line, message: sanitizeMessage(line.message) }
}

const pauseMs = 250
// Longer than any lease: by then the signal has decided, or the error is not the connection.
const maxTries = 240

async function untilAnswered(act: () => Promise<RunEnd>, leaseSignal: AbortSignal): Promise<RunEnd> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act()
    } catch (error) {
      if (tries === maxTries || !mayAskAgain(error)) throw error
    }
    await pause(pauseMs)
    if (leaseSignal.aborted) return stale
  }
}

function mayAskAgain(error: unknown): boolean {
  // Serialization failure, deadlock, lock timeout, cancelled by a time limit: nothing took effect.
  return wasConnectionLost(error) || ['40001', '40P01', '55P03', '57014'].includes(sqlState(error))
}
