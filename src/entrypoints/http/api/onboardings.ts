import { beginOnboarding } from '#domain/onboarding/begin-onboarding.ts'
import { cancelOnboarding, finishOnboarding } from '#domain/onboarding/end-onboarding.ts'
import { listOnboardings, showOnboarding } from '#domain/onboarding/show-onboarding.ts'
import { skipStep } from '#domain/onboarding/skip-step.ts'
import { startFirstSync } from '#domain/onboarding/start-first-sync.ts'
import { startVerification } from '#domain/onboarding/start-verification.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'
import { onboardingDocument } from '#entrypoints/documents/onboarding-document.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { tenantOf, workspaceOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const onboardings = {
  begin: os.onboardings.begin.handler(async ({ context, input: { name, entraTenantId } }) => {
    const { id, isNew } = await beginOnboarding(context.db, workspaceOf(context), { name, entraTenantId })
    return { status: isNew ? 201 : 200, body: await shown(context, id) }
  }),
  list: os.onboardings.list.handler(async ({ context, input: { cursor, limit } }) => {
    const { items, nextCursor } = await listOnboardings(context.db, workspaceOf(context), { cursor, limit })
    return { items: items.map((one) => onboardingDocument(one, placeOf(context))), nextCursor }
  }),
  get: os.onboardings.get.handler(({ context, input }) => shown(context, asId(input.onboarding))),
  skip: os.onboardings.skip.handler(async ({ context, input: { onboarding, step } }) => {
    await skipStep(context.db, tenantOf(context), asId(onboarding), step)
    return shown(context, asId(onboarding))
  }),
  startVerification: os.onboardings.startVerification.handler(async ({ context, input }) =>
    answerStart(await startVerification(context.db, tenantOf(context), asId(input.onboarding))),
  ),
  startSync: os.onboardings.startSync.handler(async ({ context, input }) =>
    answerStart(await startFirstSync(context.db, tenantOf(context), asId(input.onboarding))),
  ),
  finish: os.onboardings.finish.handler(async ({ context, input }) => {
    await finishOnboarding(context.db, tenantOf(context), asId(input.onboarding))
    return shown(context, asId(input.onboarding))
  }),
  cancel: os.onboardings.cancel.handler(async ({ context, input }) => {
    await cancelOnboarding(context.db, tenantOf(context), asId(input.onboarding))
    return shown(context, asId(input.onboarding))
  }),
}

async function shown(context: ApiContext, id: OnboardingId) {
  return onboardingDocument(await showOnboarding(context.db, workspaceOf(context), id), placeOf(context))
}

function placeOf({ admitted }: ApiContext): string {
  return `/workspaces/${admitted?.workspace.slug ?? ''}`
}
