import { z } from 'zod'
import { procedure, procedureWithStatus } from '#contract/api/procedure.ts'
import { entraId, id, inWorkspace, list, moment, page, paging, started, text } from '#contract/api/schemas.ts'

const tag = 'onboardings'
const at = '/workspaces/{workspace}/onboardings'
const subject = { param: 'onboarding', kind: 'onboarding' } as const
const oneOnboarding = { ...inWorkspace, onboarding: id } as const

const stepName = z.enum(['tenant', 'credentials', 'consent', 'verification', 'first_sync', 'done'])

const onboardingDocument = z.object({
  id,
  tenant: z.object({ id, name: z.string() }),
  state: z.enum(['open', 'finished', 'cancelled']),
  /** The first step that is not behind; null when it has ended. */
  next: stepName.nullable(),
  steps: list(
    z.object({
      step: stepName,
      /** `waiting`: an earlier step comes first. */
      state: z.enum(['done', 'skipped', 'in_progress', 'failed', 'open', 'waiting']),
      /** What is missing and what to do, or what to know. */
      note: z.string().nullable(),
      /** The run it is about. */
      run: id.nullable(),
      /** What can be called for it now; the path is below `/api/v1`. */
      links: list(z.object({ method: z.enum(['GET', 'POST', 'PUT']), path: z.string() })),
    }),
  ),
  begunBy: z.string(),
  begunAt: moment,
  endedAt: moment.nullable(),
})

const begun = z.union([
  z.object({ status: z.literal(201), body: onboardingDocument }),
  z.object({ status: z.literal(200), body: onboardingDocument }),
])

function change(audit: string, verb: string, summary: string, description: string) {
  return procedure(
    { access: 'connections.manage', effect: 'change', audit, subject },
    { method: 'POST', path: `${at}/{onboarding}/${verb}`, summary, description, tag },
  )
}

export const onboardings = {
  begin: procedureWithStatus(
    { access: 'tenant.manage', effect: 'change', audit: 'onboarding.begin' },
    {
      method: 'POST',
      path: at,
      summary: 'Begin to onboard a tenant',
      description:
        'Adds the tenant when the workspace does not have it (201). Where an onboarding of it is open, that one is ' +
        'answered (200), with the name the tenant has.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, name: text(200), entraTenantId: entraId }))
    .output(begun),
  list: procedure(
    { access: 'tenant.view', effect: 'read', audit: null },
    {
      method: 'GET',
      path: at,
      summary: 'List the open onboardings of a workspace',
      description: 'Newest first, each with its next step. Anybody who may can go on with one.',
      tag,
    },
  )
    .input(z.strictObject({ ...inWorkspace, ...paging }))
    .output(page(onboardingDocument)),
  get: procedure(
    { access: 'tenant.view', effect: 'read', audit: null, subject },
    { method: 'GET', path: `${at}/{onboarding}`, summary: 'Show how far an onboarding is', tag },
  )
    .input(z.strictObject(oneOnboarding))
    .output(onboardingDocument),
  skip: change(
    'onboarding.skip',
    'skip',
    'Leave a step out',
    '`consent` where it was given in Microsoft Entra itself; `first_sync` where the tenant is observed later.',
  )
    .input(z.strictObject({ ...oneOnboarding, step: z.enum(['consent', 'first_sync']) }))
    .output(onboardingDocument),
  startVerification: procedureWithStatus(
    { access: 'connections.verify', effect: 'start', audit: null, subject },
    {
      method: 'POST',
      path: `${at}/{onboarding}/start-verification`,
      summary: 'Verify the connection of the tenant',
      description: 'Starts a run. 409 before a reader is set.',
      tag,
    },
  )
    .input(z.strictObject(oneOnboarding))
    .output(started),
  startSync: procedureWithStatus(
    { access: 'inventory.sync', effect: 'start', audit: null, subject },
    {
      method: 'POST',
      path: `${at}/{onboarding}/start-sync`,
      summary: 'Observe the tenant for the first time',
      description:
        'Starts a run. 409, with what to do, before a verification of what is set now succeeded, if only in part.',
      tag,
    },
  )
    .input(z.strictObject(oneOnboarding))
    .output(started),
  finish: change(
    'onboarding.finish',
    'finish',
    'Finish an onboarding',
    '409, with the step that comes first, before every step is done or skipped.',
  )
    .input(z.strictObject(oneOnboarding))
    .output(onboardingDocument),
  cancel: change('onboarding.cancel', 'cancel', 'Give an onboarding up', 'The tenant and its connection stay.')
    .input(z.strictObject(oneOnboarding))
    .output(onboardingDocument),
} as const
