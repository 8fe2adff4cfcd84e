import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { isUuid, newId, newTenantRef } from '#foundation/kernel/ids.ts'
import type { TenantId } from '#foundation/kernel/ids.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { insertTenant } from '#domain/workspaces/tenants.store.ts'

export interface NewTenant {
  readonly name: string
  /** Microsoft's id of the tenant. Ours is made here and is never the same. */
  readonly entraTenantId: string
}

/**
 * Adds an Entra tenant to the workspace under a fresh public id of ours.
 * @throws Failure `invalid_input` for an Entra tenant id that is no UUID, `invalid_state` when name or id are taken.
 */
export async function addTenant(db: Database, ctx: WorkspaceContext, input: NewTenant): Promise<TenantContext> {
  return inWorkspace(db, ctx, async (tx) => {
    const tenant = await addTenantIn(tx, ctx, input)
    if (tenant === undefined) {
      throw new Failure(
        'invalid_state',
        `This workspace already has a tenant named "${input.name}" or with the Entra id ${input.entraTenantId}.`,
      )
    }
    return tenant
  })
}

/** The same inside the caller's transaction; undefined when the workspace has that tenant already. */
export async function addTenantIn(tx: Tx, ctx: WorkspaceContext, input: NewTenant): Promise<TenantContext | undefined> {
  const name = input.name.trim()
  if (name === '') throw new Failure('invalid_input', 'A tenant needs a name.')
  if (!isUuid(input.entraTenantId)) {
    throw new Failure(
      'invalid_input',
      `"${input.entraTenantId}" is not an Entra tenant id; it looks like 00000000-0000-0000-0000-000000000000.`,
    )
  }
  const place = { workspaceId: ctx.workspaceId, id: newId<TenantId>(), ref: newTenantRef(), name }
  if (!(await insertTenant(tx, ctx, { ...place, entraTenantId: input.entraTenantId.toLowerCase() }))) return undefined
  const tenant = ctx.inTenant(place)
  await recordAudit(tx, tenant, {
    action: 'tenant.add',
    subject: { kind: 'tenant', id: place.ref },
    outcome: 'succeeded',
    detail: { name, entraTenantId: input.entraTenantId.toLowerCase() },
  })
  return tenant
}
