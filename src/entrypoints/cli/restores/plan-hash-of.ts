import type { RestoreDocument } from '#contract/api/restores.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/** The hash by which a plan is approved and applied. @throws Failure `invalid_state` without a preview */
export function planHashOf({ id, planHash }: RestoreDocument): string {
  if (planHash !== null) return planHash
  throw new Failure('invalid_state', `This plan has no preview; see \`tenantatlas restore show ${id}\`.`)
}
