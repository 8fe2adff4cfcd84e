import { isBehind } from '#domain/onboarding/onboarding-steps.ts'
import { requireOpenOnboarding } from '#domain/onboarding/open-onboarding.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

/** Starts the verification. @throws Failure `invalid_state` when it has ended or there is nothing to verify yet */
export async function startVerification(db: Database, ctx: TenantContext, id: OnboardingId): Promise<EnsuredRun> {
  const { steps } = await requireOpenOnboarding(db, ctx, id)
  if (!steps.some(({ name, state }) => name === 'credentials' && isBehind(state)))
    throw new Failure('invalid_state', `Set the reader of "${ctx.tenantName}" first: there is nothing to verify yet.`)
  return startRun(db, ctx, { type: 'connection.verify', input: {}, trigger: 'api' })
}
