import { recordAudit } from '#domain/audit/record-audit.ts'
import type { Skippable } from '#domain/onboarding/onboarding-steps.ts'
import { addSkipped } from '#domain/onboarding/onboardings.store.ts'
import { changeOpenOnboarding } from '#domain/onboarding/open-onboarding.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

/** Leaves a step out. Once is enough. @throws Failure `invalid_state` when the onboarding has ended */
export async function skipStep(db: Database, ctx: TenantContext, id: OnboardingId, step: Skippable): Promise<void> {
  await changeOpenOnboarding(db, ctx, id, async (tx, { skipped }) => {
    if (skipped.includes(step)) return
    await addSkipped(tx, ctx, id, step)
    await recordAudit(tx, ctx, {
      action: 'onboarding.skip',
      subject: { kind: 'tenant', id: ctx.tenantRef },
      outcome: 'succeeded',
      detail: { step },
    })
  })
}
