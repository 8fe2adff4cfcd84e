import { Failure } from '#foundation/kernel/failure.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { Config } from '#foundation/config/config.ts'
import { findEmbeddedPostgres } from '#foundation/db/find-embedded-postgres.ts'
import { requireCurrentSchema } from '#foundation/db/schema-version.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import { actAsOwner, findWorkspace } from '#domain/workspaces/find-workspace.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import type { Cli, ComposeOptions, Product } from '#entrypoints/cli/cli.ts'

/** The product over the database of this installation, inside the workspace the command line names. */
export interface Session extends AsyncDisposable {
  readonly product: Product
  readonly workspace: Workspace
  readonly ctx: WorkspaceContext
  /** The tenant that `--tenant` names, or the text given; the only one when neither does. */
  tenant(text?: string): Promise<TenantContext>
}

/** Opens the database, checks its schema and finds the workspace. Refuses with a `Failure` that says what to start. */
export async function openSession(cli: Cli): Promise<Session> {
  await using stack = new AsyncDisposableStack()
  const product = stack.use(await openProduct(cli))
  const workspace = await findWorkspace(product.db, cli.options.workspace)
  const ctx = await actAsOwner(product.db, workspace)
  const opened = stack.move()
  return {
    product,
    workspace,
    ctx,
    tenant: (text = cli.options.tenant) => findTenant(product.db, ctx, text),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** The product without a workspace, for commands that look at the installation as a whole. */
export async function openProduct(cli: Cli, options: Partial<ComposeOptions> = {}): Promise<Product> {
  const config = await cli.config()
  const databaseUrl = await databaseUrlOf(config)
  await requireCurrentSchema(databaseUrl)
  return cli.compose(config, { databaseUrl, applicationName: 'tenantatlas cli', poolSize: 4, ...options })
}

/** DATABASE_URL, else the embedded database that runs for this data directory. */
export async function databaseUrlOf(config: Config): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl
  const running = await findEmbeddedPostgres(config.dataDir)
  if (running !== undefined) return running.url
  throw new Failure(
    'dependency_unreachable',
    `TenantAtlas is not running on ${config.dataDir}: start it with \`npm start\` (or \`tenantatlas up\`), or set DATABASE_URL.`,
  )
}
