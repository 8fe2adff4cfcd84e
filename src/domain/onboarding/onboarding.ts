import type { OnboardingFacts, Skippable, Step, StepName } from '#domain/onboarding/onboarding-steps.ts'
import type { TenantPlace } from '#foundation/kernel/context.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

/** A tenant on its way from a name to the first inventory. */
export interface Onboarding {
  readonly id: OnboardingId
  readonly tenant: TenantPlace
  readonly skipped: readonly Skippable[]
  readonly begunBy: string
  readonly begunAt: Date
  readonly ended: { readonly at: Date; readonly how: 'finished' | 'cancelled' } | null
}

/** The same with how far it is. */
export interface OnboardingView extends Onboarding {
  readonly steps: readonly Step[]
  /** Null when it has ended. */
  readonly next: StepName | null
  readonly facts: OnboardingFacts
}
