import type { FaultCase } from '../runs/plan-case.ts'
import { visitsOf } from '../runs/scene.ts'
import type { Plant } from './plant.ts'
import { seedsOf } from './seeds-of.ts'

const byRun = 'where l.workspace_id = p_workspace and l.run_id = p_run'

/** What is written in a transaction that began earlier is rolled back with the lease, fence or not. */
function wakesAtItsOwnCommit({ scene, blow }: FaultCase): boolean {
  if (blow.kind !== 'blocked' || blow.ms < 4_000 || scene.operation !== 'assignments.fetch') return false
  return blow.kill.at > 2 * scene.types.length && blow.kill.at < visitsOf(scene).record
}

export const uncheckedFence: Plant = {
  name: 'unchecked-fence',
  bug: 'fence not checked',
  mistake: 'Who has a run is settled when it is claimed: what its worker writes later need not ask again.',
  functions: {
    assert_claim: [{ find: 'if not found then', put: 'if false then' }],
    finish_run: [{ find: `${byRun} and l.attempt = p_attempt and l.lease_owner = p_owner`, put: byRun }],
    finish_runs: [{ find: ' and l.attempt = v_end.attempt and l.lease_owner = v_end.owner', put: '' }],
  },
  reddens: [{ point: 'blocked', seeds: seedsOf('blocked', 3, wakesAtItsOwnCommit), violates: ['I2'] }],
}
