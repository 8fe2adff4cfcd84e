import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../..')
const own = `domain${sep}operations${sep}`

/** Whether a program text writes the run ledger: its rows, or through its own functions. */
function writesLedger(text: string): boolean {
  const tables = 'operation_runs|live_runs|run_items|workers|lane_controls'
  const functions =
    'ensure_runs?|start_runs|claim_runs|finish_runs?|release_run|end_runs?|settle_run|release_cooled|requeue_run|cancel_run|record_run_items|plan_run_items'
  const writes = [
    `\\b(?:insert\\s+into|update|delete\\s+from|merge\\s+into|truncate)\\s+(?:only\\s+)?"?(?:${tables})\\b`,
    `\\b(?:insertInto|updateTable|deleteFrom|mergeInto|replaceInto)\\(\\s*['"\`](?:${tables})\\b`,
    `\\b(?:${functions})\\s*\\(`,
  ]
  return new RegExp(writes.join('|'), 'i').test(text)
}

describe('the run ledger', () => {
  test('is written by domain/operations only: no handler stores an outcome or counts', () => {
    const names = readdirSync(src, { recursive: true, encoding: 'utf8' })
    const isProgram = (name: string) => name.endsWith('.ts') && !/(?:\.test|\btesting)\.ts$/.test(name)
    const others = names.filter((name) => isProgram(name) && !name.startsWith(own))
    const writers = others.filter((name) => writesLedger(readFileSync(join(src, name), 'utf8')))
    expect(writers).toEqual([])
  })

  test.each([
    `await sql\`update operation_runs set outcome = 'succeeded'\`.execute(tx)`,
    `await tx.updateTable('operation_runs').set({ summary_counts: '{}' }).execute()`,
    `await tx.deleteFrom("live_runs").execute()`,
    'await sql`select finish_run(${a}, ${b})`.execute(db)',
  ])('is guarded by a check that finds %s', (planted) => {
    expect(writesLedger(planted)).toBe(true)
  })

  test('is guarded by a check that lets reading pass', () => {
    expect(writesLedger(`db.selectFrom('operation_runs').select('outcome')`)).toBe(false)
  })
})
