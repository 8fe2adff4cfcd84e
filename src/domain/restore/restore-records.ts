import type { AdapterRecords } from '#domain/operations/adapter-records.ts'
import { endRestoresOfEndedRuns, endedRestoresOfActiveRuns } from '#domain/restore/restore-records.store.ts'
import type { RestoreState } from '#domain/restore/restore-run.ts'

type EndedState = Extract<RestoreState, 'completed' | 'partial' | 'failed' | 'cancelled'>

/** The outcome of the run that executed a restore which ended so. */
const outcomeOf = {
  completed: 'succeeded',
  partial: 'partially_succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Record<EndedState, string>

/** Restore runs, which `assignments.restore` mirrors. */
export const restoreRecords: AdapterRecords = {
  noun: 'restore',
  type: 'assignments.restore',
  async over(db, ctx) {
    const rows = await endedRestoresOfActiveRuns(db, ctx)
    return new Map(rows.map(({ runId, state }) => [runId, outcomeOf[state]]))
  },
  endWithTheirRuns: endRestoresOfEndedRuns,
}
