import { describe, expect, test } from 'vitest'
import type { ConnectionView, CredentialView } from '#domain/connections/connection.ts'
import type { VerificationReport } from '#domain/connections/verification-report.ts'
import { nextStep, onboardingSteps, type OnboardingFacts } from '#domain/onboarding/onboarding-steps.ts'
import type { RunView } from '#domain/operations/run-view.ts'

/** A run, a report and a connection with what steps look at: the rest is never read. */
const run = (facts: Partial<RunView>) =>
  ({ id: 'r', failures: [], status: 'completed', ...facts }) as unknown as RunView
const report = (facts: Partial<RunView>, isCurrent = true) => {
  const app = { token: { state: 'passed' }, permissions: [], excess: [] }
  const intune = { state: 'passed' }
  return { run: run(facts), isCurrent, intune, reader: app, writer: app } as unknown as VerificationReport
}
const connected = (...credentials: Partial<CredentialView>[]) => ({ credentials }) as unknown as ConnectionView
const reader = { purpose: 'reader', consentedAt: null } as const

const nothing: OnboardingFacts = {
  connection: null,
  verification: null,
  sync: null,
  skipped: [],
  isFinished: false,
}
const succeeded = { outcome: 'succeeded' } as const

const stateOf = (facts: Partial<OnboardingFacts>, name: string) =>
  onboardingSteps({ ...nothing, ...facts }).find((step) => step.name === name)

describe('onboardingSteps()', () => {
  test.each<[string, Partial<OnboardingFacts>, string | null]>([
    ['a tenant without anything', {}, 'credentials'],
    ['a tenant with a writer alone', { connection: connected({ purpose: 'writer' }) }, 'credentials'],
    ['a tenant with a reader', { connection: connected(reader) }, 'consent'],
    ['a consent that came back', { connection: connected({ ...reader, consentedAt: new Date() }) }, 'verification'],
    ['a consent left out', { connection: connected(reader), skipped: ['consent'] }, 'verification'],
    ['a verification that passed', { connection: connected(reader), verification: report(succeeded) }, 'first_sync'],
    ['one of other credentials', { connection: connected(reader), verification: report(succeeded, false) }, 'consent'],
    [
      'a verification that was cancelled',
      { connection: connected(reader), skipped: ['consent'], verification: report({ outcome: 'cancelled' }) },
      'verification',
    ],
    [
      'a tenant that was observed',
      { connection: connected(reader), verification: report(succeeded), sync: run(succeeded) },
      'done',
    ],
    [
      'all of it, finished',
      { connection: connected(reader), verification: report(succeeded), sync: run(succeeded), isFinished: true },
      null,
    ],
  ])('after %s goes on with %s', (_what, facts, next) => {
    expect(nextStep(onboardingSteps({ ...nothing, ...facts }))).toBe(next)
  })

  test('says why a sync failed, and that it may be started again', () => {
    const failures = [{ code: 'x', reason: 'throttled', message: 'Graph is busy.', count: 1 }] as const
    const facts = {
      connection: connected(reader),
      verification: report(succeeded),
      sync: run({ outcome: 'failed', failures }),
    }
    expect(stateOf(facts, 'first_sync')).toMatchObject({
      state: 'failed',
      note: 'Graph is busy. Mend that and start the sync again.',
    })
    expect(stateOf({ ...facts, skipped: ['first_sync'] }, 'first_sync')).toMatchObject({ state: 'skipped' })
  })

  test('names what is not granted where a verification passed in part', () => {
    const partly = report({ outcome: 'partially_succeeded' })
    const permissions = [
      { permission: 'A.Read.All', state: 'missing', neededFor: [] },
      { permission: 'B.Read.All', state: 'granted', neededFor: [] },
    ] as const
    const verification = { ...partly, reader: { ...partly.reader, permissions } }
    expect(stateOf({ connection: connected(reader), verification }, 'verification')).toMatchObject({
      state: 'done',
      note: 'Not granted, so what needs it is left out: A.Read.All.',
    })
  })
})
