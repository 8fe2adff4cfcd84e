import type { TenantContext } from '#foundation/kernel/context.ts'

/** How documents name the tenant they belong to: by its public id. */
export function tenantRefDocument({ tenantRef: id, tenantName: name }: TenantContext) {
  return { id, name }
}
