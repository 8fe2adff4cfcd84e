/**
 * The judge of the run ledger's fault matrix. It knows Graph and the tables, and nothing of the product's code: a
 * mistake there cannot make it blind here (its test holds that).
 */
import { badExit, badStop } from '../exits.ts'
import { breaches } from '../violation.ts'
import type { Violation } from '../violation.ts'
import { attemptsDiffer, countsDiffer, itemsDiffer, itemsWithoutAttempt } from './check-counts.ts'
import { badCooldowns, badStarts, endedBadly, resumedLate } from './check-ends.ts'
import { changedAfterEnd, changedOnRedelivery, requestsOutOfTurn, sharedRuns } from './check-claims.ts'
import { badNotifications, badRecords } from './check-records.ts'
import type { Evidence } from './evidence.ts'

/** One entry per violation; none when everything holds. */
export function checkInvariants(evidence: Evidence): Violation[] {
  return [
    ...breaches('I1', [
      ...endedBadly(evidence),
      ...badStarts(evidence),
      ...badCooldowns(evidence),
      ...resumedLate(evidence),
    ]),
    ...breaches('I2', [
      ...requestsOutOfTurn(evidence),
      ...sharedRuns(evidence),
      ...changedAfterEnd(evidence),
      ...changedOnRedelivery(evidence),
    ]),
    ...breaches('I4', [
      ...countsDiffer(evidence),
      ...itemsDiffer(evidence),
      ...itemsWithoutAttempt(evidence),
      ...attemptsDiffer(evidence),
    ]),
    ...breaches('I5', [...badRecords(evidence), ...badNotifications(evidence)]),
    ...breaches('I7', notServing(evidence)),
    ...breaches('S1', badStop(evidence.stop)),
  ]
}

// What was under way when the server went down waits for a lease of the matrix (2 s) first.
const servedWithinMs = 7_000

const resumedWithinMs = 30_000

function notServing({ processes, servedMs, resumedAfterRoomMs: sinceRoomMs = 0 }: Evidence): string[] {
  return [
    ...processes.flatMap(({ name, end }) => (end === 'killed' ? [] : badExit(name, end))),
    ...(sinceRoomMs <= resumedWithinMs ? [] : [`it took ${sinceRoomMs} ms after the disk had room again`]),
    ...servedMs
      .filter((ms) => ms > servedWithinMs)
      .map((ms) => `it took ${ms} ms until something was started and done after the database was back`),
  ]
}
