import { passedRun } from '#domain/onboarding/onboarding-steps.ts'
import { requireOpenOnboarding } from '#domain/onboarding/open-onboarding.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

/** Starts the first sync. @throws Failure `invalid_state` when it has ended, or before a verification passed */
export async function startFirstSync(db: Database, ctx: TenantContext, id: OnboardingId): Promise<EnsuredRun> {
  const { facts, steps } = await requireOpenOnboarding(db, ctx, id)
  if (passedRun(facts) === undefined) {
    const verification = steps.find(({ name }) => name === 'verification')
    const what =
      verification?.state === 'in_progress'
        ? 'Wait until the verification has ended.'
        : (verification?.note ?? 'Start the verification.')
    throw new Failure('invalid_state', `The connection of "${ctx.tenantName}" is not verified. ${what}`)
  }
  return startRun(db, ctx, { type: 'inventory.sync', input: {}, trigger: 'api' })
}
