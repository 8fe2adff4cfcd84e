import { sql } from 'kysely'
import type { Badge } from '#contract/badges.ts'
import { badgeOf } from '#contract/badges.ts'
import { countOf } from '#contract/moments.ts'
import { listCredentialWarnings } from '#domain/connections/list-credential-warnings.ts'
import { listWorkers } from '#domain/operations/list-workers.ts'
import { actAsOwner } from '#domain/workspaces/act-as-owner.ts'
import { listWorkspaces } from '#domain/workspaces/list-workspaces.ts'
import { listTenants } from '#domain/workspaces/list-tenants.ts'
import { describeConfig } from '#foundation/config/config.ts'
import type { Config } from '#foundation/config/config.ts'
import { addressOf } from '#foundation/db/connect-to-server.ts'
import type { Database } from '#foundation/db/database.ts'
import { schemaVersions } from '#foundation/db/schema-version.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { exitCodes } from '#entrypoints/cli/cli.ts'
import type { Cli, Command, Product } from '#entrypoints/cli/cli.ts'
import { connectionsOf } from '#entrypoints/cli/commands/platform/work.ts'
import { checkKey } from '#entrypoints/cli/check-key.ts'
import { warningWords } from '#entrypoints/cli/credential-words.ts'
import { ago } from '#entrypoints/cli/output/cells.ts'
import { databaseUrlOf } from '#entrypoints/cli/open-product.ts'

/** One thing that was looked at: what it is like, and whether that is as it should be. */
interface Finding {
  readonly check: string
  readonly severity: 'ok' | 'warning' | 'blocking'
  readonly message: string
}

/** Looks at everything and refuses nothing: what is wrong is what it is for. Exits 1 when something blocks. */
export const doctor: Command = async (cli) => {
  const config = await cli.config()
  const findings = await examine(cli, config)
  const configuration = describeConfig(config)
  await cli.printer.detail({
    document: { node: process.version, configuration, findings },
    facts: findings.map(
      ({ check, severity, message }) => [check, withBadge(badgeOf('severity', severity), message)] as const,
    ),
    below: (printer) =>
      printer.section(
        'Configuration',
        [
          { key: 'name', header: 'VARIABLE', keepsWidth: true, cell: (line) => line.name },
          { key: 'value', header: 'VALUE', cell: (line) => line.value },
          { key: 'meaning', header: 'MEANING', cell: (line) => line.meaning },
        ],
        configuration,
      ),
  })
  return findings.some(({ severity }) => severity === 'blocking') ? exitCodes.failed : exitCodes.ok
}

function withBadge({ word, tone }: Badge, message: string): Badge {
  return tone === 'success' ? { word: message, tone: 'neutral' } : { word: `${word}: ${message}`, tone }
}

async function examine(cli: Cli, config: Config): Promise<Finding[]> {
  try {
    const databaseUrl = await databaseUrlOf(config)
    const schema = await schemaFinding(config, databaseUrl)
    if (schema.severity === 'blocking') return [schema]
    await using product = await cli.compose(config, { databaseUrl, applicationName: 'tenantatlas doctor', poolSize: 2 })
    return [
      schema,
      await clockFinding(product),
      ...(await connectionFindings(product, config)),
      await isolationFinding(product),
      await keyFinding(product, config),
      await workerFinding(product),
      ...(await tenantFindings(product)),
    ]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ check: 'Database', severity: 'blocking', message: error.message }]
  }
}

async function schemaFinding({ databaseUrl: given }: Config, url: string): Promise<Finding> {
  const { database, program, server } = await schemaVersions(url)
  const where = `PostgreSQL ${server}, ${given === undefined ? 'embedded, running' : addressOf(url)}`
  if (database === program)
    return { check: 'Database', severity: 'ok', message: `${where}, schema version ${database}` }
  const todo = database < program ? 'run `tenantatlas migrate`' : 'start the newer TenantAtlas that migrated it'
  return {
    check: 'Database',
    severity: 'blocking',
    message: `${where}, schema version ${database} where this program needs ${program}: ${todo}`,
  }
}

const tolerableSkewMs = 5000

async function clockFinding({ db }: Product): Promise<Finding> {
  const askedAt = Date.now()
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db)
  const skewMs = Math.round((rows[0]?.now.getTime() ?? askedAt) - (askedAt + Date.now()) / 2)
  if (Math.abs(skewMs) <= tolerableSkewMs)
    return { check: 'Clock', severity: 'ok', message: 'agrees with the database' }
  const message = `differs from the database by ${(skewMs / 1000).toFixed(0)} s; all times are the database's, but certificates are judged by this machine`
  return { check: 'Clock', severity: 'warning', message }
}

async function keyFinding(product: Product, config: Config): Promise<Finding> {
  const { overview, problem } = await checkKey(product, config)
  if (problem !== undefined) return { check: 'Key', severity: 'warning', message: problem }
  if (overview.first > 0) {
    const message = `${countOf(overview.first, 'secret')} still lie under the one key from before; run \`tenantatlas key rewrap\``
    return { check: 'Key', severity: 'warning', message }
  }
  const active = overview.keys.find(({ state }) => state === 'active')
  const message =
    active === undefined
      ? 'none yet: the first `tenantatlas work` or `tenantatlas up` makes one'
      : `version ${active.version} seals, and this host opens it: keep a copy of its file apart from the database`
  return { check: 'Key', severity: 'ok', message }
}

interface ConnectionRow {
  readonly most: number
  readonly used: number
  readonly backend: number
}

/** Whether the server has room for what this host may open, and whether we talk to it or to a pooler. */
async function connectionFindings({ database }: Product, { worker }: Config): Promise<Finding[]> {
  const client = await database.pool.connect()
  try {
    const { rows } = await client.query<ConnectionRow>(`
      select current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as most,
        count(*)::integer as used, pg_backend_pid() as backend
      from pg_stat_activity
      -- Of other users' sessions we see no more than that there are any.
      where coalesce(backend_type, 'client backend') = 'client backend' and usesysid is not null and datid is not null`)
    const { most, used, backend } = rows[0] ?? { most: 0, used: 0, backend: 0 }
    const wanted = connectionsOf(worker.slots)
    const room = `${used} of ${most} in use; \`tenantatlas work\` takes up to ${wanted} (${worker.slots} slots and ${wanted - worker.slots})`
    const enough: Finding = { check: 'Connections', severity: 'ok', message: room }
    const scarce: Finding = { check: 'Connections', severity: 'warning', message: `${room}: raise max_connections` }
    return [most - used >= wanted ? enough : scarce, ...(isPooled(client, backend) ? [poolerFinding] : [])]
  } finally {
    client.release()
  }
}

/** Whether the database keeps workspaces apart for us: a pooler may have dropped the role we connect with. */
async function isolationFinding({ db }: Product): Promise<Finding> {
  const { rows } = await sql<{ user: string; passes: boolean }>`
    select r.rolname as user, r.rolsuper or r.rolbypassrls as passes from pg_roles r where r.rolname = current_user`.execute(
    db,
  )
  const { user, passes } = rows[0] ?? { user: 'nobody', passes: false }
  if (!passes) return { check: 'Isolation', severity: 'ok', message: `${user} sees one workspace at a time` }
  const message = `${user} sees all workspaces, and only the program keeps them apart: a pooler dropped our role; give it a login of its own`
  return { check: 'Isolation', severity: 'warning', message }
}

const poolerFinding: Finding = {
  check: 'Pooler',
  severity: 'warning',
  message:
    'between us and the server; where it pools transactions no notification comes through, and a run starts up to a second later',
}

/** A pooler tells each client a process id of its own making. */
function isPooled(client: object, backend: number): boolean {
  return 'processID' in client && client.processID !== backend
}

async function workerFinding({ db }: Product): Promise<Finding> {
  const workers = await listWorkers(db)
  if (workers.length === 0)
    return {
      check: 'Workers',
      severity: 'warning',
      message: 'none: queued runs wait; start one with `tenantatlas work`',
    }
  const named = workers.map(
    ({ host, pid, startedAt }) => `process ${pid} on ${host}, started ${ago(startedAt.toISOString())}`,
  )
  return { check: 'Workers', severity: 'ok', message: named.join(', ') }
}

async function tenantFindings({ db }: Product): Promise<Finding[]> {
  const workspaces = await listWorkspaces(db)
  if (workspaces.length === 0)
    return [
      {
        check: 'Workspaces',
        severity: 'warning',
        message: 'none yet; the setup link that `up` and `serve` print makes the first',
      },
    ]
  const findings: Finding[] = []
  for (const workspace of workspaces) {
    const ctx = await actAsOwner(db, workspace)
    const tenants = await listTenants(db, ctx)
    findings.push({
      check: 'Workspace',
      severity: 'ok',
      message: `${workspace.name}: ${countOf(tenants.length, 'tenant')}`,
    })
    for (const { name, health } of tenants) {
      const word = badgeOf('tenantHealth', health).word.toLowerCase()
      if (health === 'failing' || health === 'limited') {
        findings.push({
          check: 'Connection',
          severity: 'warning',
          message: `${name}: ${word}; see \`tenantatlas connection verify --tenant "${name}"\``,
        })
      } else findings.push({ check: 'Connection', severity: 'ok', message: `${name}: ${word}` })
    }
    findings.push(...(await credentialFindings(db, ctx)))
  }
  return findings
}

async function credentialFindings(db: Database, ctx: WorkspaceContext): Promise<Finding[]> {
  const warned = await listCredentialWarnings(db, ctx, new Date())
  return warned.map(({ tenantName, purpose, warnings }) => ({
    check: 'Credential',
    severity: 'warning',
    message: `${tenantName}, ${purpose}: ${warnings.map(warningWords).join('; ')}; set a new one with \`tenantatlas connection set\``,
  }))
}
