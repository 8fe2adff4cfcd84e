/** I5: each end has one audit entry and, where somebody is to be told, one notification: of the very same transaction. */
import type { AuditRow, Evidence, RunRow } from './evidence.ts'

export function badRecords({ ledger }: Evidence): string[] {
  return ledger.runs.flatMap((run) => {
    const { id, type, outcome, completed_at: end } = run
    const entries = ledger.audit.filter(({ action, run_id }) => action === 'run.completed' && run_id === id)
    const expected = outcome === 'pending' ? 0 : 1
    if (entries.length !== expected) return [`${entries.length} audit entries for the end of a ${type} run`]
    return entries.flatMap((entry) => [
      ...(entry.outcome === outcome ? [] : [`${type} ${outcome} is ${entry.outcome} in the audit`]),
      ...(isTouchedSince(run) || (entry.at.getTime() === end?.getTime() && isOf(run, entry))
        ? []
        : [`the audit entry of a ${type} run was not written with its end`]),
    ])
  })
}

function isOf(run: RunRow, entry: AuditRow): boolean {
  return entry.xmin === run.xmin || entry.is_migrated === true
}

/** Runs whose end is nobody's news. */
const silent = ['system', 'reconcile']

export function badNotifications({ ledger }: Evidence): string[] {
  const { outbox, notifications } = ledger
  return ledger.runs.flatMap((run) => {
    const { id, type, outcome, trigger } = run
    const told = outbox.filter(({ run_id, event }) => run_id === id && event === 'run.completed')
    const expected = outcome === 'pending' || silent.includes(trigger) ? 0 : 1
    const made = notifications.filter(({ run_id, event }) => run_id === id && event === 'run.completed')
    const times = told.length + made.length
    if (times !== expected) return [`${times} notifications of the end of a ${type} run`]
    const entry = ledger.audit.find(({ action, run_id }) => action === 'run.completed' && run_id === id)
    return told
      .filter(({ xmin }) => xmin !== entry?.xmin)
      .map(() => `the notification of a ${type} run was not written with its end`)
  })
}

/** When the next start of the same operation lets go of it, the row is written once more. */
function isTouchedSince({ holds, cooldown_until: until }: RunRow): boolean {
  return !holds && until !== null
}
