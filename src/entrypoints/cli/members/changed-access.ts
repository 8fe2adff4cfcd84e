import type { MemberDocument } from '#contract/api/members.ts'

/** What a member may do, and where. */
export type Access = Pick<MemberDocument, 'role' | 'allTenants' | 'tenants'>

export interface AccessChanges {
  readonly role?: Access['role'] | undefined
  /** Only these tenants; null: all. */
  readonly only?: readonly string[] | null | undefined
  /** Other roles in single tenants. */
  readonly narrower: Access['tenants']
}

/** What is not said stays as it is; a tenant where the member had the role they have elsewhere goes along with it. */
export function changedAccess(before: Access, { role = before.role, only, narrower }: AccessChanges): Access {
  const kept = before.tenants.map(({ tenant, role: had }) => ({ tenant, role: had === before.role ? role : had }))
  const tenants = only === undefined ? kept : (only ?? []).map((tenant) => ({ tenant, role }))
  const others = tenants.filter(({ tenant }) => !narrower.some((one) => one.tenant === tenant))
  return {
    role,
    allTenants: only === undefined ? before.allTenants : only === null,
    tenants: [...others, ...narrower],
  }
}
