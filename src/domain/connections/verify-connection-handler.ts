/**
 * `connection.verify`: does the tenant let us in, and may we do what the product does? Each check is one item of the
 * run, so its item ledger is the report: what is missing, and what cannot be done without it.
 */
import type { GraphClient, GraphProblem, Listing, Read } from '#graph/client/graph-client.ts'
import { contracts } from '#graph/contracts/registry.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RunItem, TenantRunHandler } from '#domain/operations/operation.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { excessPermissions, isGranted, permissionNeeds } from '#domain/connections/permission-needs.ts'
import type { PermissionNeed } from '#domain/connections/permission-needs.ts'
import type { ConnectionView, Purpose } from '#domain/connections/connection.ts'
import { credentialWarnings, type CredentialWarning } from '#domain/connections/credential-warnings.ts'
import { showConnection } from '#domain/connections/show-connection.ts'
import { verificationSteps as steps } from '#domain/connections/verification-steps.ts'

export interface VerifyConnectionDeps {
  readonly db: Database
  readonly graphFor: (ctx: TenantContext) => Promise<GraphClient>
}

/** The handler throws when the reader cannot sign in or Graph does not answer: nothing else can be said then. */
export function createVerifyConnectionHandler({
  db,
  graphFor,
}: VerifyConnectionDeps): TenantRunHandler<InputOf<'connection.verify'>> {
  const needs = permissionNeeds(contracts)
  return async (ctx, { items, signal }) => {
    await items.plan([...Object.values(steps), ...needs.map(itemOf)])
    // First: a credential that has ended may be why nothing else can be said.
    await items.record(judgeCredentials(await showConnection(db, ctx), new Date()))
    const { reader, writer } = await graphFor(ctx)
    const granted = valueOf(await reader.grantedPermissions({ signal }), 'sign in as the reader')
    await items.record([{ ...steps.readerToken, outcome: 'succeeded' }])
    const organization = valueOf(await reader.readOrganization({ signal }), 'reach Microsoft Graph')
    await items.record([{ ...steps.graph, outcome: 'succeeded' }, ...judge(needs, 'reader', granted)])
    await items.record([judgeIntune(await reader.readFilters({ signal })), judgeExcess(needs, 'reader', granted)])
    await items.record(judgeWriter(needs, await writer.grantedPermissions({ signal })))
    return { context: { organization: organization.name } }
  }
}

/** Warnings and no failures: a credential that still works is no reason to stop. */
function judgeCredentials(connection: ConnectionView | null, now: Date): RunItem[] {
  return (['reader', 'writer'] as const).map((purpose): RunItem => {
    const step = purpose === 'reader' ? steps.readerCredential : steps.writerCredential
    const credential = connection?.credentials.find((one) => one.purpose === purpose)
    if (credential === undefined) return { ...step, outcome: 'skipped' }
    const warnings = credentialWarnings(credential, now)
    if (warnings.length === 0) return { ...step, outcome: 'succeeded' }
    const label = `Warning: the credential of the ${purpose} ${warnings.map(warningWords).join(', and ')}`
    return { ...step, label, outcome: 'succeeded', output: { warnings } }
  })
}

// True whenever they are read.
function warningWords(warning: CredentialWarning): string {
  switch (warning.kind) {
    case 'expired':
      return 'has ended'
    case 'expires_soon':
      return `ends within ${warning.withinDays} ${warning.withinDays === 1 ? 'day' : 'days'}`
    case 'old_secret':
      return `is a secret set more than ${warning.olderThanDays} days ago`
    case 'long_secret':
      return `is a secret that lives longer than ${warning.longerThanDays} days`
  }
}

/** Asks for what every Intune tenant has. Without a licence Intune says that the request does not apply to the tenant. */
function judgeIntune(filters: Listing<unknown>): RunItem {
  if (filters.state !== 'failed') return { ...steps.intune, outcome: 'succeeded' }
  const { code, reason, message } = filters.problem
  // The missing permission has an item of its own.
  if (code === 'graph_forbidden') return { ...steps.intune, outcome: 'skipped' }
  const isUnlicensed = code === 'graph_not_applicable'
  const words = isUnlicensed
    ? 'The tenant has no Intune licence: Intune answers that the request does not apply to it.'
    : message
  return {
    ...steps.intune,
    outcome: 'failed',
    failure: {
      code: isUnlicensed ? 'connection.intune_unlicensed' : 'connection.intune_unreachable',
      reason,
      message: words,
    },
  }
}

/** A warning and no failure: everything works, and a stolen credential would be worth more than it has to be. */
function judgeExcess(needs: readonly PermissionNeed[], purpose: Purpose, granted: readonly string[]): RunItem {
  const step = purpose === 'reader' ? steps.readerExcess : steps.writerExcess
  const excess = excessPermissions(needs, purpose, granted)
  if (excess.length === 0) return { ...step, outcome: 'succeeded' }
  const label = `Warning: granted to the ${purpose} and not needed: ${excess.join(', ')}`
  return { ...step, label, outcome: 'succeeded', output: { excess } }
}

/** A tenant without a writer is observed only, which is no fault: its checks are skipped. */
function judgeWriter(needs: readonly PermissionNeed[], granted: Read<readonly string[]>): RunItem[] {
  if (granted.state === 'read')
    return [
      { ...steps.writerToken, outcome: 'succeeded' },
      ...judge(needs, 'writer', granted.value),
      judgeExcess(needs, 'writer', granted.value),
    ]
  const { reason, message } = granted.problem
  const token: RunItem =
    reason === 'missing_configuration'
      ? { ...steps.writerToken, outcome: 'skipped' }
      : { ...steps.writerToken, outcome: 'failed', failure: { code: 'connection.writer_refused', reason, message } }
  return [
    token,
    { ...steps.writerExcess, outcome: 'skipped' },
    ...needs
      .filter(({ purpose }) => purpose === 'writer')
      .map((need): RunItem => ({ ...itemOf(need), outcome: 'skipped' })),
  ]
}

function judge(needs: readonly PermissionNeed[], purpose: Purpose, granted: readonly string[]): RunItem[] {
  const names = new Set(granted)
  return needs
    .filter((need) => need.purpose === purpose)
    .map((need): RunItem => {
      if (isGranted(need.permission, names)) return { ...itemOf(need), outcome: 'succeeded' }
      const message = `The application permission ${need.permission} is not granted to the ${purpose}; needed for: ${need.neededFor.join(', ')}.`
      return {
        ...itemOf(need),
        outcome: 'failed',
        failure: { code: 'connection.permission_missing', reason: 'permission_denied', message },
        output: { neededFor: need.neededFor },
      }
    })
}

function itemOf({ purpose, permission }: PermissionNeed): { key: string; label: string } {
  return { key: `${purpose}.${permission}`, label: `${permission} (${purpose})` }
}

function valueOf<T>(read: Read<T>, what: string): T {
  if (read.state === 'read') return read.value
  throw failureOf(read.problem, what)
}

function failureOf({ reason, message, retryAfterMs }: GraphProblem, what: string): Failure {
  return new Failure(reason, `Could not ${what}: ${message}`, retryAfterMs === undefined ? {} : { retryAfterMs })
}
