import { showConnection } from '#domain/connections/show-connection.ts'
import { showVerification } from '#domain/connections/show-verification.ts'
import type { Onboarding, OnboardingView } from '#domain/onboarding/onboarding.ts'
import { nextStep, onboardingSteps } from '#domain/onboarding/onboarding-steps.ts'
import { onboardingById, openOnboardings } from '#domain/onboarding/onboardings.store.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import type { RunOutcome } from '#domain/operations/operation.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'
import { readCursor, writeCursor } from '#foundation/kernel/list-cursor.ts'

/** How far an onboarding is. @throws Failure `not_found` */
export async function showOnboarding(db: Database, ctx: WorkspaceContext, id: OnboardingId): Promise<OnboardingView> {
  const onboarding = await inWorkspace(db, ctx, (tx) => onboardingById(tx, ctx, id))
  if (onboarding === undefined) throw new Failure('not_found', 'There is no such onboarding here.')
  return viewOf(db, ctx, onboarding)
}

export interface OnboardingPage {
  readonly items: readonly OnboardingView[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
}

/** The open onboardings, the newest first. @throws Failure `invalid_input` for a cursor that no page gave */
export async function listOnboardings(
  db: Database,
  ctx: WorkspaceContext,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<OnboardingPage> {
  const before = cursor === undefined ? null : readCursor(cursor)
  const found = await inWorkspace(db, ctx, (tx) => openOnboardings(tx, ctx, { before, limit: limit + 1 }))
  const shown = found.slice(0, limit)
  const items: OnboardingView[] = []
  // One after another: a page must not take every connection of the pool.
  for (const onboarding of shown) items.push(await viewOf(db, ctx, onboarding))
  const last = shown.at(-1)
  return { items, nextCursor: found.length > limit && last !== undefined ? writeCursor(last.place) : null }
}

async function viewOf(db: Database, ctx: WorkspaceContext, onboarding: Onboarding): Promise<OnboardingView> {
  const { tenant, skipped, ended } = onboarding
  const of = ctx.inTenant(tenant)
  const facts = {
    connection: await showConnection(db, of),
    verification: await showVerification(db, of),
    sync: (await newestSync(db, of, ['succeeded', 'partially_succeeded'])) ?? (await newestSync(db, of)) ?? null,
    skipped,
    isFinished: ended?.how === 'finished',
  }
  const steps = onboardingSteps(facts)
  return { ...onboarding, steps, next: ended === null ? nextStep(steps) : null, facts }
}

async function newestSync(
  db: Database,
  ctx: TenantContext,
  outcomes?: readonly RunOutcome[],
): Promise<RunView | undefined> {
  const { tenantId } = ctx
  const query = { tenantId, types: ['inventory.sync'], since: new Date(0), limit: 1, ...(outcomes && { outcomes }) }
  const { items } = await listRuns(db, ctx, query)
  return items[0]
}
