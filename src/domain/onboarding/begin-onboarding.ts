import { recordAudit } from '#domain/audit/record-audit.ts'
import { insertOnboarding } from '#domain/onboarding/onboardings.store.ts'
import { addTenantIn } from '#domain/workspaces/add-tenant.ts'
import type { NewTenant } from '#domain/workspaces/add-tenant.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { OnboardingId } from '#foundation/kernel/ids.ts'

export interface BegunOnboarding {
  readonly id: OnboardingId
  readonly tenant: TenantContext
  /** False: one was open for that tenant already. */
  readonly isNew: boolean
}

/**
 * Begins the onboarding of a tenant, which is added when the workspace does not have it; where one is open, that one is
 * gone on with.
 * @throws Failure `invalid_input` as `addTenant`, `invalid_state` when the name is another tenant's or the tenant is
 * archived
 */
export async function beginOnboarding(db: Database, ctx: WorkspaceContext, input: NewTenant): Promise<BegunOnboarding> {
  const begun = await inWorkspace(db, ctx, async (tx) => {
    const tenant = await addTenantIn(tx, ctx, input)
    return tenant && begin(tx, tenant)
  })
  if (begun !== undefined) return begun
  const tenant = await tenantThere(db, ctx, input)
  return inWorkspace(db, ctx, (tx) => begin(tx, tenant))
}

async function begin(tx: Tx, tenant: TenantContext): Promise<BegunOnboarding> {
  const { id, isNew } = await insertOnboarding(tx, tenant)
  if (isNew)
    await recordAudit(tx, tenant, {
      action: 'onboarding.begin',
      subject: { kind: 'tenant', id: tenant.tenantRef },
      outcome: 'succeeded',
    })
  return { id, tenant, isNew }
}

async function tenantThere(
  db: Database,
  ctx: WorkspaceContext,
  { name, entraTenantId }: NewTenant,
): Promise<TenantContext> {
  try {
    return await findTenant(db, ctx, entraTenantId)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.reason !== 'not_found') throw cause
    const message = `Another tenant is named "${name}", or the tenant ${entraTenantId} is archived: choose another name, or bring the tenant back.`
    throw new Failure('invalid_state', message, { cause })
  }
}
