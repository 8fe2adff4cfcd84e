/**
 * The judge of the fault matrix. It knows Graph and the tables, and nothing of the product's code: a mistake there
 * cannot make it blind here (its test holds that).
 */
import { checkRuns } from './check-runs.ts'
import { checkWrites } from './check-writes.ts'
import type { Evidence } from './evidence.ts'
import type { Violation } from '../violation.ts'

/** One entry per violation; none when everything holds. */
export function checkInvariants(evidence: Evidence): Violation[] {
  return [...checkRuns(evidence), ...checkWrites(evidence)]
}
