import type { OnboardingView } from '#domain/onboarding/onboarding.ts'
import type { Step } from '#domain/onboarding/onboarding-steps.ts'
import { iso } from '#entrypoints/documents/iso.ts'

interface Link {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
}

/** An onboarding as programs see it; `at` is the path of its workspace in the API. */
export function onboardingDocument(onboarding: OnboardingView, at: string) {
  const { id, tenant, ended, next, steps, begunBy, begunAt } = onboarding
  return {
    id,
    tenant: { id: tenant.ref, name: tenant.name },
    state: ended?.how ?? ('open' as const),
    next,
    steps: steps.map((step) => ({
      step: step.name,
      state: step.state,
      note: step.note,
      run: step.runId,
      links: [...looks(step, onboarding, at), ...(ended === null ? acts(step, onboarding, at) : [])],
    })),
    begunBy,
    begunAt: begunAt.toISOString(),
    endedAt: iso(ended?.at ?? null),
  }
}

function looks({ name, runId }: Step, { tenant }: OnboardingView, at: string): Link[] {
  const ofTenant = `${at}/tenants/${tenant.ref}`
  if (name === 'tenant') return [{ method: 'GET', path: ofTenant }]
  const run: Link[] = runId === null ? [] : [{ method: 'GET', path: `${at}/runs/${runId}` }]
  return name === 'verification' && runId !== null
    ? [...run, { method: 'GET', path: `${ofTenant}/connection/verification` }]
    : run
}

/** What takes the step on; nothing while it waits for another one. */
function acts({ name, state }: Step, { id, tenant }: OnboardingView, at: string): Link[] {
  if (state === 'waiting' || state === 'in_progress') return []
  const post = (path: string): Link => ({ method: 'POST', path })
  const here = `${at}/onboardings/${id}`
  const connection = `${at}/tenants/${tenant.ref}/connection`
  switch (name) {
    case 'tenant':
      return []
    case 'credentials':
      return [{ method: 'PUT', path: connection }, post(`${connection}/certificate`)]
    case 'consent':
      return [post(`${connection}/consent`), ...(state === 'open' ? [post(`${here}/skip`)] : [])]
    case 'verification':
      return [post(`${here}/start-verification`)]
    case 'first_sync':
      return [post(`${here}/start-sync`), ...(state === 'done' || state === 'skipped' ? [] : [post(`${here}/skip`)])]
    case 'done':
      return [post(`${here}/finish`)]
  }
}
