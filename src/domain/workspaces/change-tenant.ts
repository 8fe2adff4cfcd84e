import { recordAudit } from '#domain/audit/record-audit.ts'
import { tenantShown } from '#domain/workspaces/list-tenants.ts'
import { archivedTenant, lockTenant, setTenant } from '#domain/workspaces/tenants.store.ts'
import type { TenantOverview } from '#domain/workspaces/workspace.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { violates } from '#foundation/db/violates.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { TenantRef } from '#foundation/kernel/ids.ts'

/**
 * Gives a tenant another name. `check` sees the tenant as it is, locked, and refuses by throwing.
 * @throws Failure `invalid_state` when the name is taken
 */
export async function renameTenant(
  db: Database,
  ctx: TenantContext,
  name: string,
  check: (current: TenantOverview) => void = () => undefined,
): Promise<TenantOverview> {
  try {
    return await inWorkspace(db, ctx, async (tx) => {
      const before = await lockTenant(tx, ctx)
      check(await tenantShown(tx, ctx))
      await setTenant(tx, ctx, { name })
      await recordAudit(tx, ctx, {
        action: 'tenant.rename',
        subject: { kind: 'tenant', id: ctx.tenantRef },
        outcome: 'succeeded',
        detail: { from: before.name, to: name },
      })
      return tenantShown(tx, ctx)
    })
  } catch (error) {
    if (!violates(error, 'tenants_workspace_id_name_key')) throw error
    throw new Failure('invalid_state', `This workspace already has a tenant named "${name}".`)
  }
}

/**
 * Archives a tenant: what is stored of it stays readable, and nothing is read from or written to it any more.
 * @throws Failure `invalid_state` while something runs in it, or when it is archived
 */
export async function archiveTenant(db: Database, ctx: TenantContext): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const { name, isArchived } = await lockTenant(tx, ctx)
    if (isArchived) throw new Failure('invalid_state', `The tenant "${name}" is archived already.`)
    const { activeRuns } = await tenantShown(tx, ctx)
    if (activeRuns > 0)
      throw new Failure(
        'invalid_state',
        `${activeRuns} operations of "${name}" have not ended: wait for them or cancel them.`,
      )
    await setTenant(tx, ctx, { isArchived: true })
    await recordAudit(tx, ctx, {
      action: 'tenant.archive',
      subject: { kind: 'tenant', id: ctx.tenantRef },
      outcome: 'succeeded',
      detail: { name },
    })
  })
}

/** Brings an archived tenant back. @throws Failure `not_found` when there is none like that */
export async function unarchiveTenant(db: Database, ctx: WorkspaceContext, ref: string): Promise<void> {
  await inWorkspace(db, ctx, async (tx) => {
    const tenant = await archivedTenant(tx, ctx, asId<TenantRef>(ref))
    if (tenant === undefined) throw new Failure('not_found', 'There is no such archived tenant.')
    await setTenant(tx, tenant, { isArchived: false })
    await recordAudit(tx, tenant, {
      action: 'tenant.unarchive',
      subject: { kind: 'tenant', id: tenant.tenantRef },
      outcome: 'succeeded',
      detail: { name: tenant.tenantName },
    })
  })
}
