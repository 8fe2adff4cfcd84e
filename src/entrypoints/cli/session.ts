import type { Cli } from '#entrypoints/cli/cli.ts'
import { pickTenant } from '#entrypoints/cli/pick-tenant.ts'
import { pickWorkspace } from '#entrypoints/cli/pick-workspace.ts'
import type { Api } from '#entrypoints/cli/server/api.ts'
import { connect } from '#entrypoints/cli/server/connect.ts'

/** A server somebody is signed in to, inside the workspace the command line names. */
export interface Session {
  readonly api: Api
  /** Who is signed in. */
  readonly person: { readonly id: string; readonly name: string }
  readonly workspace: { readonly id: string; readonly name: string; readonly slug: string }
  /** What procedures of the workspace take. */
  readonly at: { readonly workspace: string }
  /** The tenant that `--tenant` names, or the text given; the only one when neither does. */
  tenant(text?: string): Promise<Tenant>
}

export type Tenant = Awaited<ReturnType<Api['tenants']['list']>>['items'][number] & {
  /** What procedures of the tenant take. */
  readonly at: { readonly workspace: string; readonly tenant: string }
}

/** @throws Failure that says what to start or to name */
export async function openSession(cli: Cli): Promise<Session> {
  const { api, server } = await connect(cli)
  const { id, name, workspaces } = await api.me.show()
  const workspace = pickWorkspace(workspaces, cli.options.workspace ?? server.workspace)
  const at = { workspace: workspace.slug }
  return {
    api,
    person: { id, name },
    workspace,
    at,
    tenant: async (text = cli.options.tenant) => {
      const { items } = await api.tenants.list(at)
      const tenant = pickTenant(items, text)
      return { ...tenant, at: { ...at, tenant: tenant.id } }
    },
  }
}
