import { Failure } from '#foundation/kernel/failure.ts'
import type { Config } from '#foundation/config/config.ts'
import { findEmbeddedPostgres } from '#foundation/db/find-embedded-postgres.ts'
import { requireCurrentSchema } from '#foundation/db/schema-version.ts'
import type { Cli, ComposeOptions, Product } from '#entrypoints/cli/cli.ts'

/** The product over the database of this installation, for commands of the host. @throws Failure that says what to start */
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
