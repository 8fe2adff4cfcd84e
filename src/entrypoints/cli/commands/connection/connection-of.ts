import type { ConnectionDocument } from '#contract/api/connections.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'
import type { Tenant } from '#entrypoints/cli/session.ts'

/** How a tenant is reached; null while it is not connected. */
export async function connectionOf(
  { connections }: Api,
  { at, health }: Pick<Tenant, 'at' | 'health'>,
): Promise<ConnectionDocument | null> {
  return health === 'not_connected' ? null : connections.get(at)
}
