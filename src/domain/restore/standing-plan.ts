import type { RestoreRun } from '#domain/restore/restore-run.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Makes sure that what somebody reviewed is the plan that stands.
 * @throws Failure `invalid_state` without a preview, `conflict` for another plan
 */
export function requirePlan(restore: RestoreRun, reviewedHash: string): void {
  if (restore.planHash === null) {
    throw new Failure(
      'invalid_state',
      restore.state === 'draft'
        ? 'There is no preview yet; wait until it is made.'
        : 'The preview failed; make a new plan.',
    )
  }
  if (reviewedHash.toLowerCase() === restore.planHash) return
  throw new Failure('conflict', 'This is not the plan you reviewed: look at the plan again and take that one.')
}
