import type { Onboarding, OnboardingView } from '#domain/onboarding/onboarding.ts'
import { lockOnboarding, onboardingById } from '#domain/onboarding/onboardings.store.ts'
import { showOnboarding } from '#domain/onboarding/show-onboarding.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

/** How far an open onboarding is. @throws Failure `not_found`, `invalid_state` when it has ended */
export async function requireOpenOnboarding(
  db: Database,
  ctx: TenantContext,
  id: OnboardingId,
): Promise<OnboardingView> {
  const onboarding = await showOnboarding(db, ctx, id)
  requireOpen(onboarding)
  return onboarding
}

/** Changes an open onboarding, which nobody else changes meanwhile. @throws Failure `not_found`, `invalid_state` */
export async function changeOpenOnboarding(
  db: Database,
  ctx: TenantContext,
  id: OnboardingId,
  change: (tx: Tx, onboarding: Onboarding) => Promise<void>,
): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    await lockOnboarding(tx, ctx, id)
    const onboarding = await onboardingById(tx, ctx, id)
    if (onboarding === undefined) throw new Failure('not_found', 'There is no such onboarding here.')
    requireOpen(onboarding)
    await change(tx, onboarding)
  })
}

function requireOpen({ ended }: Onboarding): void {
  if (ended !== null)
    throw new Failure(
      'invalid_state',
      `This onboarding was ${ended.how}; begin another one for the tenant if it is wanted.`,
    )
}
