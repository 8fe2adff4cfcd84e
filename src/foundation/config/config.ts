import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { describeEntra, entraFrom, entraVariables } from '#foundation/config/entra-config.ts'
import type { EntraConfig } from '#foundation/config/entra-config.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/*
 * The environment is read here and nowhere else. Every variable has a name, a unit, a default and limits; what is
 * wrong is refused at once, one sentence per mistake, all mistakes together.
 */

const checkout = join(import.meta.dirname, '../../..')

const defaultMetricsPort = 4782

/** Addresses or ranges, parted by commas. */
const trustedProxies = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .refine((ranges) => ranges.every(isRange), 'must be addresses or ranges like 10.0.0.0/8, parted by commas')

function checksCertificates(databaseUrl: string): boolean {
  const parameters = new URLSearchParams(databaseUrl.split('?', 2)[1])
  return parameters.get('sslmode') !== 'no-verify' && !parameters.has('uselibpqcompat')
}

function isRange(text: string): boolean {
  return ipaddr.isValid(text) || ipaddr.isValidCIDR(text)
}

const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug'] as const

const schema = z.object({
  TENANTATLAS_DATA_DIR: z.string().min(1).default(join(checkout, '.tenantatlas')),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'must be like postgres://user:password@host:5432/name')
    .refine(checksCertificates, 'must not switch off the check of certificates (no-verify, uselibpqcompat)')
    .optional(),
  // Counts where DATABASE_URL says nothing of it.
  PGSSLMODE: z
    .string()
    .refine((mode) => mode !== 'no-verify', 'must not switch off the check of certificates (no-verify)')
    .optional(),
  // Node would believe every certificate, of Microsoft too.
  NODE_TLS_REJECT_UNAUTHORIZED: z
    .string()
    .refine((value) => value !== '0', 'must not be 0: name the authority in NODE_EXTRA_CA_CERTS')
    .optional(),
  TENANTATLAS_POSTGRES_SETTINGS: z.string().default('').transform(parseSettings),
  TENANTATLAS_PORT: port(4780),
  TENANTATLAS_SIMULATOR_PORT: port(4781),
  TENANTATLAS_PAGE_URL: z
    .string()
    .regex(/^https?:\/\/[^\s?#]+$/, 'must be like https://tenantatlas.example.com')
    .optional(),
  ...entraVariables,
  TENANTATLAS_TRUSTED_PROXIES: trustedProxies,
  TENANTATLAS_GRAPH_ALLOW_HOSTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
    ),
  TENANTATLAS_NOTIFY_ALLOW_HOSTS: z.string().default('').transform(parseHosts),
  TENANTATLAS_METRICS_PORT: wholeBetween(0, 65_535).optional(),
  TENANTATLAS_METRICS_HOST: z.string().default('127.0.0.1'),
  TENANTATLAS_CREDENTIALS_KEY_FILE: z.string().optional(),
  TENANTATLAS_FEDERATED_TOKEN_FILE: z.string().optional(),
  // Set by the workload identity of Azure Kubernetes Service.
  AZURE_FEDERATED_TOKEN_FILE: z.string().optional(),
  // The launcher acts on it, before this program starts.
  TENANTATLAS_CONFINEMENT: z.enum(['on', 'off'], 'must be on or off').default('on'),
  TENANTATLAS_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  TENANTATLAS_WORKER_SLOTS: whole(8, 1, 256),
  TENANTATLAS_HEARTBEAT_SECONDS: whole(5, 1, 600),
  TENANTATLAS_LEASE_SECONDS: whole(15, 3, 3_600),
  TENANTATLAS_GRAPH_REQUESTS_PER_20_SECONDS: whole(1_000, 1, 1_000_000),
  TENANTATLAS_GRAPH_WRITES_PER_20_SECONDS: whole(100, 1, 1_000_000),
  TENANTATLAS_GRAPH_SHARE: z.coerce
    .number('must be a number')
    .gt(0, 'must be above 0')
    .max(1, 'must be at most 1')
    .default(0.8),
})

export interface Config {
  /** Absolute. */
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | undefined
  /** For the embedded PostgreSQL, by name. */
  readonly postgresSettings: Readonly<Record<string, string>>
  readonly httpPort: number
  readonly simulatorPort: number
  /** Origin of the address people reach the console at: what Entra sends them back to begins with it. */
  readonly publicUrl: string
  /** Somebody set it. */
  readonly isPublicUrlChosen: boolean
  /** Addresses or ranges of proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[]
  /** Hosts (with their port) beside Microsoft's clouds that a connection may name over the API. */
  readonly graphAllowHosts: readonly string[]
  /** Absent: nobody signs in with Entra. */
  readonly entra: EntraConfig | undefined
  readonly metrics: {
    /** 0: metrics are not served. */
    readonly port: number
    /** Somebody set it: another program on it is refused rather than made way for. */
    readonly isPortChosen: boolean
    readonly host: string
  }
  /** Private keys of the credentials, read before those in the data directory. Absolute. */
  readonly credentialsKeyFile: string | undefined
  /** Where the platform puts the token that federated credentials sign in with. Absolute. */
  readonly federatedTokenFile: string | undefined
  /** Whether the launcher shall confine what serves and works. */
  readonly confinement: 'on' | 'off'
  readonly logLevel: (typeof logLevels)[number]
  readonly worker: {
    /** Runs this process works on at the same time. */
    readonly slots: number
    readonly heartbeatMs: number
    /** A process that renewed nothing for this long has lost its runs. */
    readonly leaseMs: number
  }
  readonly notify: {
    /** Where people open the page: links in notifications begin with it. */
    readonly pageUrl: string
    /** Hosts that may be inside the own network, and be spoken to without encryption; lower case. */
    readonly allowHosts: readonly string[]
  }
  readonly pacing: {
    readonly requestsPer20s: number
    readonly writesPer20s: number
    /** The part of both that TenantAtlas uses; the rest is left to the tenant's other programs. */
    readonly share: number
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws Failure `missing_configuration` that names every mistake */
export function readConfig(env: Environment): Config {
  const parsed = schema.safeParse(withoutEmpty(env))
  if (!parsed.success) throw refusal(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`))
  const read = parsed.data
  const { entra, mistakes } = entraFrom(read)
  if (read.TENANTATLAS_LEASE_SECONDS < 3 * read.TENANTATLAS_HEARTBEAT_SECONDS)
    mistakes.push('TENANTATLAS_LEASE_SECONDS must be at least three times TENANTATLAS_HEARTBEAT_SECONDS')
  if (mistakes.length > 0) throw refusal(mistakes)
  const publicUrl = read.TENANTATLAS_PUBLIC_URL ?? `http://localhost:${read.TENANTATLAS_PORT}`
  return {
    dataDir: resolve(read.TENANTATLAS_DATA_DIR),
    databaseUrl: read.DATABASE_URL,
    postgresSettings: read.TENANTATLAS_POSTGRES_SETTINGS,
    httpPort: read.TENANTATLAS_PORT,
    simulatorPort: read.TENANTATLAS_SIMULATOR_PORT,
    publicUrl,
    isPublicUrlChosen: read.TENANTATLAS_PUBLIC_URL !== undefined,
    trustedProxies: read.TENANTATLAS_TRUSTED_PROXIES,
    graphAllowHosts: read.TENANTATLAS_GRAPH_ALLOW_HOSTS,
    entra,
    metrics: {
      port: read.TENANTATLAS_METRICS_PORT ?? defaultMetricsPort,
      isPortChosen: read.TENANTATLAS_METRICS_PORT !== undefined,
      host: read.TENANTATLAS_METRICS_HOST,
    },
    credentialsKeyFile: absolute(read.TENANTATLAS_CREDENTIALS_KEY_FILE),
    federatedTokenFile: absolute(read.TENANTATLAS_FEDERATED_TOKEN_FILE ?? read.AZURE_FEDERATED_TOKEN_FILE),
    confinement: read.TENANTATLAS_CONFINEMENT,
    logLevel: read.TENANTATLAS_LOG_LEVEL,
    worker: {
      slots: read.TENANTATLAS_WORKER_SLOTS,
      heartbeatMs: read.TENANTATLAS_HEARTBEAT_SECONDS * 1_000,
      leaseMs: read.TENANTATLAS_LEASE_SECONDS * 1_000,
    },
    notify: {
      pageUrl: read.TENANTATLAS_PAGE_URL ?? publicUrl,
      allowHosts: read.TENANTATLAS_NOTIFY_ALLOW_HOSTS,
    },
    pacing: {
      requestsPer20s: read.TENANTATLAS_GRAPH_REQUESTS_PER_20_SECONDS,
      writesPer20s: read.TENANTATLAS_GRAPH_WRITES_PER_20_SECONDS,
      share: read.TENANTATLAS_GRAPH_SHARE,
    },
  }
}

export interface ConfigLine {
  readonly name: string
  readonly value: string
  readonly meaning: string
}

/** What is set and what it means, for `tenantatlas doctor`. Passwords are hidden. */
export function describeConfig(config: Config): readonly ConfigLine[] {
  const { worker, pacing, metrics } = config
  const line = (name: string, value: string | number, meaning: string) => ({ name, value: String(value), meaning })
  return [
    line('TENANTATLAS_DATA_DIR', config.dataDir, 'embedded database, keys, simulator journal'),
    line('DATABASE_URL', hidePassword(config.databaseUrl), 'the database; not set: the embedded PostgreSQL 18'),
    line('TENANTATLAS_POSTGRES_SETTINGS', settingsText(config.postgresSettings), 'settings of the embedded PostgreSQL'),
    line('TENANTATLAS_PORT', config.httpPort, 'port of the page on this machine'),
    line('TENANTATLAS_SIMULATOR_PORT', config.simulatorPort, 'port of the simulated Microsoft Graph'),
    line('TENANTATLAS_PAGE_URL', config.notify.pageUrl, 'where people open the page; links in notifications'),
    line('TENANTATLAS_PUBLIC_URL', config.publicUrl, 'where people reach the console; sign-in sends them back there'),
    line(
      'TENANTATLAS_GRAPH_ALLOW_HOSTS',
      config.graphAllowHosts.join(',') || '(none)',
      'hosts a connection may name over the API, beside Microsoft’s clouds',
    ),
    line(
      'TENANTATLAS_TRUSTED_PROXIES',
      config.trustedProxies.join(',') || '(none)',
      'proxies in front whose X-Forwarded-For counts',
    ),
    ...describeEntra(config.entra),
    line(
      'TENANTATLAS_NOTIFY_ALLOW_HOSTS',
      config.notify.allowHosts.join(',') || '(none)',
      'receivers of notifications that may be inside your network',
    ),
    line('TENANTATLAS_METRICS_PORT', metrics.port, 'port of /metrics, /healthz and /readyz; 0: off'),
    line(
      'TENANTATLAS_METRICS_HOST',
      metrics.host,
      'address they are served on; 0.0.0.0: reachable from other machines',
    ),
    line(
      'TENANTATLAS_CREDENTIALS_KEY_FILE',
      config.credentialsKeyFile ?? '(not set)',
      'private keys of credentials, besides those in the data directory',
    ),
    line(
      'TENANTATLAS_FEDERATED_TOKEN_FILE',
      config.federatedTokenFile ?? '(not set)',
      'token of the platform, for federated credentials',
    ),
    line('TENANTATLAS_CONFINEMENT', config.confinement, 'whether `work` and `serve` are kept to their own files'),
    line('TENANTATLAS_LOG_LEVEL', config.logLevel, 'least severity that is logged'),
    line('TENANTATLAS_WORKER_SLOTS', worker.slots, 'runs this process works on at once'),
    line('TENANTATLAS_HEARTBEAT_SECONDS', worker.heartbeatMs / 1_000, 'how often a worker renews its lease'),
    line(
      'TENANTATLAS_LEASE_SECONDS',
      worker.leaseMs / 1_000,
      'silence after which the runs of a worker are taken over',
    ),
    line(
      'TENANTATLAS_GRAPH_REQUESTS_PER_20_SECONDS',
      pacing.requestsPer20s,
      "Microsoft's limit of requests per tenant",
    ),
    line('TENANTATLAS_GRAPH_WRITES_PER_20_SECONDS', pacing.writesPer20s, "Microsoft's limit of writes per tenant"),
    line('TENANTATLAS_GRAPH_SHARE', pacing.share, 'the part of these limits TenantAtlas uses'),
  ]
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path)
}

function refusal(mistakes: readonly string[]): Failure {
  return new Failure('missing_configuration', mistakes.map((mistake) => `${mistake}.`).join('\n'))
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
}

function port(defaultPort: number) {
  return whole(defaultPort, 1, 65_535)
}

function whole(defaultValue: number, min: number, max: number) {
  return wholeBetween(min, max).default(defaultValue)
}

function wholeBetween(min: number, max: number) {
  const mistake = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(mistake).int(mistake).min(min, mistake).max(max, mistake)
}

function parseSettings(text: string, ctx: z.RefinementCtx): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const { name, value } = /^\s*(?<name>[a-z_.]+)=(?<value>\S.*?)\s*$/.exec(part)?.groups ?? {}
    if (name === undefined || value === undefined) ctx.addIssue('must be like shared_buffers=512MB,max_connections=200')
    else settings[name] = value
  }
  return settings
}

/** Names or addresses of hosts, exactly: no port, no pattern. */
function parseHosts(text: string, ctx: z.RefinementCtx): string[] {
  const hosts = text.split(',').map((host) => host.trim().toLowerCase())
  return hosts.flatMap((host) => {
    if (host === '') return []
    const isHost = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) || isIP(host) !== 0
    if (!isHost) ctx.addIssue('must be like smtp.example.lan,10.0.0.5: host names, without port or pattern')
    return [host]
  })
}

function settingsText(settings: Readonly<Record<string, string>>): string {
  return (
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}`)
      .join(',') || '(defaults)'
  )
}

function hidePassword(databaseUrl: string | undefined): string {
  if (databaseUrl === undefined) return '(not set)'
  const url = URL.parse(databaseUrl)
  if (url === null) return '(hidden)'
  if (url.password !== '') url.password = '***'
  url.search = ''
  return url.href
}
