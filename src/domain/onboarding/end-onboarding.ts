import { recordAudit } from '#domain/audit/record-audit.ts'
import { setEnded } from '#domain/onboarding/onboardings.store.ts'
import { changeOpenOnboarding, requireOpenOnboarding } from '#domain/onboarding/open-onboarding.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

/** Gives an onboarding up; the tenant and its connection stay. @throws Failure `invalid_state` when it has ended */
export async function cancelOnboarding(db: Database, ctx: TenantContext, id: OnboardingId): Promise<void> {
  await changeOpenOnboarding(db, ctx, id, async (tx) => {
    await setEnded(tx, ctx, id, 'cancelled')
    await recordAudit(tx, ctx, { action: 'onboarding.cancel', ...aboutTenant(ctx) })
  })
}

/** Finishes an onboarding of which every step is behind. @throws Failure `invalid_state` with the step that is not */
export async function finishOnboarding(db: Database, ctx: TenantContext, id: OnboardingId): Promise<void> {
  const { steps, next } = await requireOpenOnboarding(db, ctx, id)
  if (next !== 'done') {
    const step = steps.find(({ name }) => name === next)
    throw new Failure('invalid_state', `The step ${next ?? ''} comes first. ${step?.note ?? ''}`.trim())
  }
  await changeOpenOnboarding(db, ctx, id, async (tx) => {
    await setEnded(tx, ctx, id, 'finished')
    await recordAudit(tx, ctx, { action: 'onboarding.finish', ...aboutTenant(ctx) })
  })
}

function aboutTenant({ tenantRef }: TenantContext) {
  return { subject: { kind: 'tenant', id: tenantRef }, outcome: 'succeeded' } as const
}
