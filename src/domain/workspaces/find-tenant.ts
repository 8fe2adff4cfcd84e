import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { allTenants } from '#domain/workspaces/tenants.store.ts'
import type { TenantRow } from '#domain/workspaces/tenants.store.ts'

/**
 * The tenant with that public id, Entra id or exact name; without a text the only one of the workspace. Archived ones only
 * where they are asked for: to look at what is kept of them.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous` when one must be named.
 */
export async function findTenant(
  db: Database,
  ctx: WorkspaceContext,
  text?: string,
  options: { readonly withArchived?: boolean } = {},
): Promise<TenantContext> {
  const tenants = await inWorkspace(db, ctx, (tx) => allTenants(tx, ctx, options))
  const tenant = text === undefined ? theOnlyOne(tenants) : theOneNamed(tenants, text)
  return ctx.inTenant(tenant)
}

function theOnlyOne(tenants: readonly TenantRow[]): TenantRow {
  const [only, ...others] = tenants
  if (only === undefined) {
    throw new Failure('not_found', 'This workspace has no tenant yet; add one with `tenantatlas tenant add`.')
  }
  if (others.length === 0) return only
  throw new Failure(
    'ambiguous',
    `This workspace has ${tenants.length} tenants; name one with --tenant: ${someNames(tenants)}.`,
  )
}

function theOneNamed(tenants: readonly TenantRow[], text: string): TenantRow {
  const id = text.toLowerCase()
  const byId = tenants.find((tenant) => tenant.ref === id || tenant.entraTenantId === id)
  const found = byId ?? theOneWithName(tenants, text)
  if (found !== undefined) return found
  const names = tenants.map((tenant) => tenant.name)
  throw new Failure('not_found', `There is no tenant "${text}" in this workspace.${didYouMean(text, names)}`)
}

/** Exact first, then without regard to case: names are unique only with it. */
function theOneWithName(tenants: readonly TenantRow[], text: string): TenantRow | undefined {
  const exact = tenants.find((tenant) => tenant.name === text)
  if (exact !== undefined) return exact
  const similar = tenants.filter((tenant) => tenant.name.toLowerCase() === text.toLowerCase())
  if (similar.length > 1) {
    throw new Failure(
      'ambiguous',
      `Several tenants are named like "${text}": ${someNames(similar)}; write the name exactly, or give the id.`,
    )
  }
  return similar[0]
}

function someNames(tenants: readonly TenantRow[]): string {
  const names = tenants.slice(0, 5).map((tenant) => `"${tenant.name}"`)
  return tenants.length > names.length
    ? `${names.join(', ')} and ${tenants.length - names.length} more`
    : names.join(', ')
}
