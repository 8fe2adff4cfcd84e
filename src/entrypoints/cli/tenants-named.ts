import { pickTenant } from '#entrypoints/cli/pick-tenant.ts'
import type { Session } from '#entrypoints/cli/session.ts'

/** The public ids of the tenants with these names or ids. @throws Failure `not_found`, `ambiguous` */
export async function tenantsNamed({ api, at }: Session, texts: readonly string[]): Promise<string[]> {
  const { items } = await api.tenants.list(at)
  return texts.map((text) => pickTenant(items, text).id)
}
