import { sqlState } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'

interface PoolLimits {
  readonly max: number
  readonly connectionTimeoutMillis?: number | undefined
}

/**
 * Why a pool gave no connection, in words for whoever runs it. What the server said for a reason of its own (a password,
 * a missing database) and a pool that was closed stay as they are.
 */
export function connectionRefusal(error: Error, { max, connectionTimeoutMillis: waitedMs = 0 }: PoolLimits): Error {
  if (error.message.includes('unsupported startup parameter')) return refusedLimits(error)
  if (sqlState(error) === '53300')
    return unreachable('The database server has no connection left: see its max_connections.', error)
  if (error.message === 'timeout exceeded when trying to connect')
    return unreachable(
      `All ${max} database connections of this process stayed in use for ${waitedMs / 1_000} s.`,
      error,
    )
  const role = refusedRole(error)
  if (role !== undefined) return refusedToActAs(role, error)
  return doesNotAnswer(error) ? unreachable('The database does not answer.', error) : error
}

function refusedLimits(cause: Error): Failure {
  return new Failure(
    'missing_configuration',
    'The pooler in front of the database refuses the time limits of TenantAtlas: name them in its ignore_startup_parameters (docs/production.md).',
    { cause },
  )
}

/** The role of the product that the login user may not take, or that is not there. */
function refusedRole(error: Error): string | undefined {
  if (!['42501', '22023'].includes(sqlState(error)) || !error.message.includes('role')) return undefined
  return /"(tenantatlas_\w+)"$/.exec(error.message)?.[1]
}

function refusedToActAs(role: string, cause: Error): Failure {
  return new Failure(
    'missing_configuration',
    `The user of DATABASE_URL may not act as ${role}: see "Roles" in docs/production.md.`,
    { cause },
  )
}

function doesNotAnswer(error: Error): boolean {
  const state = sqlState(error)
  // 57P: the server starts, stops or crashed.
  if (state !== '') return state.startsWith('57P')
  return 'code' in error || error.message.startsWith('Connection terminated')
}

function unreachable(message: string, cause: Error): Failure {
  return new Failure('dependency_unreachable', message, { cause })
}
