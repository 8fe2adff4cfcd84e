import pg from 'pg'
import { sqlState } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'

const oldestVersion = 15

/**
 * One connection to a server that TenantAtlas can use; the caller ends it.
 * @throws Failure `dependency_unreachable` when nothing answers, `missing_configuration` when the server refuses us or
 * is older than PostgreSQL 15
 */
export async function connectToServer(url: string, applicationName: string): Promise<pg.Client> {
  const client = createClient(url, applicationName)
  // A lost connection fails the statement that waits for it; without a listener it would also end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await refuseOldServer(client, url)
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error instanceof Failure ? error : refusalOf(error, url)
  }
}

function createClient(url: string, applicationName: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: 10_000 })
  } catch (error) {
    const isFile = ['ENOENT', 'EACCES', 'EISDIR'].includes(systemCode(error))
    const message = isFile
      ? 'A certificate file that DATABASE_URL names (sslrootcert, sslcert, sslkey) cannot be read.'
      : 'DATABASE_URL is not a PostgreSQL address like postgres://user:password@host:5432/name.'
    throw new Failure('missing_configuration', message, { cause: error })
  }
}

async function refuseOldServer(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  const version = rows[0]?.server_version ?? 'unknown'
  if (Number.parseInt(version, 10) >= oldestVersion) return
  throw new Failure(
    'missing_configuration',
    `The server at ${addressOf(url)} is PostgreSQL ${version}: TenantAtlas needs ${oldestVersion} or newer.`,
  )
}

function refusalOf(error: unknown, url: string): Failure {
  const address = addressOf(url)
  const state = sqlState(error)
  if (state.startsWith('28')) {
    return new Failure(
      'missing_configuration',
      `The server at ${address} refuses the user or the password of DATABASE_URL.`,
      { cause: error },
    )
  }
  if (state === '3D000') {
    return new Failure(
      'missing_configuration',
      `The server at ${address} has no such database: create it, then start again.`,
      { cause: error },
    )
  }
  const code = state || systemCode(error)
  const distrust = tlsRefusal(error, code)
  if (distrust !== undefined)
    return new Failure('missing_configuration', `The server at ${address} ${distrust}`, { cause: error })
  const why = code === '' ? '' : ` (${code})`
  return new Failure(
    'dependency_unreachable',
    `No PostgreSQL answers at ${address}${why}: check DATABASE_URL and that the server runs.`,
    {
      cause: error,
    },
  )
}

/** What is wrong with a server that DATABASE_URL wants TLS of. */
function tlsRefusal(error: unknown, code: string): string | undefined {
  if (error instanceof Error && error.message.includes('does not support SSL'))
    return 'offers no TLS, and DATABASE_URL asks for it.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'has a certificate for another name: name the host in DATABASE_URL as its certificate does.'
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code))
    return `has a certificate that is not trusted here (${code}): name its authority's file in DATABASE_URL as sslrootcert.`
  return undefined
}

/** The operating system's or TLS's word, like ECONNREFUSED. */
function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Where a database is, without who opens it. */
export function addressOf(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return 'the address of DATABASE_URL'
  return `${parsed.hostname}:${parsed.port || '5432'}${parsed.pathname}`
}
