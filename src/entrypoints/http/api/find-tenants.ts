import { findTenant } from '#domain/workspaces/find-tenant.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { workspaceOf, type ApiContext } from '#entrypoints/http/api/api-context.ts'

/** The tenants a body names by their public ids. @throws Failure `not_found` for one the caller may not open */
export async function findTenants(context: ApiContext, refs: readonly string[]): Promise<TenantContext[]> {
  const unique = [...new Set(refs)]
  return Promise.all(unique.map((ref) => findTenant(context.db, workspaceOf(context), ref)))
}
