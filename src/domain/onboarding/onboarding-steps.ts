/**
 * How far the onboarding of a tenant is, computed from what is really there. So a crash loses nothing, whoever goes on
 * sees the same, and what was done by other ways counts.
 */
import type { ConnectionView } from '#domain/connections/connection.ts'
import type { Check, VerificationReport } from '#domain/connections/verification-report.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

/** The steps somebody may leave out: consent is given in Entra itself for an app of one tenant. */
export const skippable = ['consent', 'first_sync'] as const
export type Skippable = (typeof skippable)[number]

export type StepName = 'tenant' | 'credentials' | 'consent' | 'verification' | 'first_sync' | 'done'

/** `waiting`: an earlier step comes first. */
export type StepState = 'done' | 'skipped' | 'in_progress' | 'failed' | 'open' | 'waiting'

export interface Step {
  readonly name: StepName
  readonly state: StepState
  /** What is missing and what to do, or what to know; null when there is nothing to say. */
  readonly note: string | null
  /** The run it is about. */
  readonly runId: RunId | null
}

export interface OnboardingFacts {
  readonly connection: ConnectionView | null
  /** The newest one. */
  readonly verification: VerificationReport | null
  /** One that observed the tenant, else the newest. */
  readonly sync: RunView | null
  readonly skipped: readonly Skippable[]
  readonly isFinished: boolean
}

/** Every step in order. */
export function onboardingSteps(facts: OnboardingFacts): readonly Step[] {
  const steps = [tenant, credentials(facts), consent(facts), verification(facts), firstSync(facts), done(facts)]
  const first = steps.findIndex(({ state }) => !isBehind(state))
  return steps.map((step, index) =>
    first !== -1 && index > first && step.state === 'open' ? { ...step, state: 'waiting' } : step,
  )
}

/** The first step that is not behind; null when all are. */
export function nextStep(steps: readonly Step[]): StepName | null {
  return steps.find(({ state }) => !isBehind(state))?.name ?? null
}

/** Whether the step needs nothing any more. */
export function isBehind(state: StepState): boolean {
  return state === 'done' || state === 'skipped'
}

const tenant: Step = { name: 'tenant', state: 'done', note: null, runId: null }

function credentials({ connection }: OnboardingFacts): Step {
  const name = 'credentials'
  const has = (purpose: string) => connection?.credentials.some((one) => one.purpose === purpose) === true
  if (!has('reader')) return open(name, 'Set the application id and the credential of the reader.')
  const note = has('writer') ? null : 'There is no writer: TenantAtlas observes and backs up, and cannot restore.'
  return { name, state: 'done', note, runId: null }
}

function consent(facts: OnboardingFacts): Step {
  const name = 'consent'
  const reader = facts.connection?.credentials.find(({ purpose }) => purpose === 'reader')
  if (passedRun(facts) !== undefined || (reader?.consentedAt ?? null) !== null)
    return { name, state: 'done', note: null, runId: null }
  if (facts.skipped.includes('consent')) return { name, state: 'skipped', note: null, runId: null }
  return open(
    name,
    'Ask an administrator of the tenant for consent; skip this step where consent was given in Microsoft Entra itself.',
  )
}

function verification(facts: OnboardingFacts): Step {
  const name = 'verification'
  const report = facts.verification
  if (report === null || !report.isCurrent || report.run.outcome === 'cancelled')
    return open(name, 'Start the verification: it reads what the app may do from its own token.')
  const { run } = report
  if (run.status !== 'completed')
    return { name, state: 'in_progress', note: 'The verification is under way.', runId: run.id }
  if (passedRun(facts) !== undefined) return { name, state: 'done', note: missingWords(report), runId: run.id }
  const why = run.failures[0]?.message ?? 'The verification failed.'
  const note = `${why} Mend that, by other credentials or by consent, and verify again.`
  return { name, state: 'failed', note, runId: run.id }
}

function firstSync({ sync, skipped }: OnboardingFacts): Step {
  const name = 'first_sync'
  const startIt = 'Start the first sync: it observes the policies of the tenant.'
  if (sync !== null && hasPassed(sync)) return { name, state: 'done', note: null, runId: sync.id }
  if (sync !== null && sync.status !== 'completed')
    return { name, state: 'in_progress', note: 'The first sync is under way.', runId: sync.id }
  if (skipped.includes('first_sync')) return { name, state: 'skipped', note: null, runId: null }
  if (sync === null || sync.outcome === 'cancelled') return open(name, startIt)
  const why = sync.failures[0]?.message ?? 'The first sync failed.'
  return { name, state: 'failed', note: `${why} Mend that and start the sync again.`, runId: sync.id }
}

function done({ isFinished }: OnboardingFacts): Step {
  if (isFinished) return { name: 'done', state: 'done', note: null, runId: null }
  return open('done', 'Finish the onboarding.')
}

/** The verification of what is set now, when it passed, if only in part. */
export function passedRun({ verification: report }: Pick<OnboardingFacts, 'verification'>): RunView | undefined {
  return report?.isCurrent === true && hasPassed(report.run) ? report.run : undefined
}

function hasPassed({ outcome }: RunView): boolean {
  return outcome === 'succeeded' || outcome === 'partially_succeeded'
}

function missingWords({ reader, writer, intune }: VerificationReport): string | null {
  const missing = [...reader.permissions, ...writer.permissions].filter(({ state }) => state === 'missing')
  const sentences = [
    ...(missing.length === 0
      ? []
      : [`Not granted, so what needs it is left out: ${missing.map(({ permission }) => permission).join(', ')}.`]),
    ...failureOf('The writer gets no token: ', writer.token),
    ...failureOf('', intune),
  ]
  return sentences.length === 0 ? null : sentences.join(' ')
}

function failureOf(prefix: string, { state, message }: Check): readonly string[] {
  return state === 'failed' && message !== null ? [`${prefix}${message}`] : []
}

function open(name: StepName, note: string): Step {
  return { name, state: 'open', note, runId: null }
}
