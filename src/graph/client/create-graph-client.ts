import type { Log } from '#foundation/observability/log.ts'
import type { Clock } from '#graph/client/clock.ts'
import { systemClock } from '#graph/client/clock.ts'
import type { Endpoints } from '#graph/client/clouds.ts'
import { originOf, tenantOf } from '#graph/client/clouds.ts'
import { createEgressGate } from '#graph/client/egress-gate.ts'
import type { GraphClient, GraphReader } from '#graph/client/graph-client.ts'
import type { Pacer } from '#graph/client/pacer.ts'
import {
  readFilters,
  readNotificationTemplates,
  readOrganization,
  readScopeTags,
} from '#graph/client/read-foundations.ts'
import { createGroupReader } from '#graph/client/read-groups.ts'
import { readAssignments, readPolicies, readPoliciesById } from '#graph/client/read-policies.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import { createReadSender } from '#graph/client/read-request.ts'
import { createRetryBudget } from '#graph/client/retry-budget.ts'
import type { RequestContext } from '#graph/client/request-context.ts'
import { createStatistics } from '#graph/client/statistics.ts'
import type { ClientCredential, TokenSource } from '#graph/client/token-source.ts'
import { createTokenSource, readRoles } from '#graph/client/token-source.ts'
import type { Timeouts } from '#graph/client/transport.ts'
import { defaultTimeouts } from '#graph/client/transport.ts'
import { createWriter } from '#graph/client/write-request.ts'

export interface GraphClientOptions {
  readonly endpoints: Endpoints
  readonly entraTenantId: string
  /** The writer's token is asked for by a write only; without a writer every write is refused. */
  readonly credentials: { readonly reader: ClientCredential; readonly writer?: ClientCredential }
  /** Of the tenant, shared by everything that talks to it. */
  readonly pacer: Pacer
  readonly log: Log
  readonly timeouts?: Partial<Timeouts>
  readonly clock?: Clock
  /** In [0, 1): the jitter. */
  readonly random?: () => number
}

/**
 * The client of one tenant. Reading methods reject with the signal's reason when it aborts, and for nothing else that a
 * cloud can do: failures are results. Makes no request before it is asked to.
 * @throws Failure `missing_configuration` when an address is not one
 */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { credentials, log, pacer, clock = systemClock, random = Math.random } = options
  const entraTenantId = tenantOf(options.entraTenantId)
  const endpoints: Endpoints = {
    authorityUrl: originOf(options.endpoints.authorityUrl, 'sign-in'),
    graphUrl: originOf(options.endpoints.graphUrl, 'Microsoft Graph'),
  }
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const statistics = createStatistics()
  const gate = createEgressGate({ graphOrigin: endpoints.graphUrl, log })
  const context: RequestContext = {
    graphOrigin: endpoints.graphUrl,
    gate,
    pacer,
    clock,
    random,
    timeouts,
    statistics,
    log,
  }
  const tokensOf = (credential: ClientCredential) =>
    createTokenSource({
      endpoints,
      entraTenantId,
      credential,
      timeoutMs: timeouts.tokenMs,
      clock,
      random,
      log,
    })

  const readerTokens = tokensOf(credentials.reader)
  const sender = createReadSender(context, readerTokens, createRetryBudget())
  return {
    reader: createReader(sender, readerTokens, log),
    writer: createWriter(context, credentials.writer === undefined ? undefined : tokensOf(credentials.writer)),
    stats: () => statistics.snapshot(),
  }
}

function createReader(sender: ReadSender, tokens: TokenSource, log: Log): GraphReader {
  const reading = { sender, log }
  const groups = createGroupReader(sender)
  return {
    readPolicies: (contract, options, onPage) => readPolicies(reading, contract, options, onPage),
    readPoliciesById: (contract, ids, options) => readPoliciesById(reading, contract, ids, options),
    readAssignments: (contract, ids, options) => readAssignments(reading, contract, ids, options),
    readGroups: (ids, { signal }) => groups.readGroups(ids, signal),
    readFilters: ({ signal }) => readFilters(sender, signal),
    readScopeTags: ({ signal }) => readScopeTags(sender, signal),
    readNotificationTemplates: ({ signal }) => readNotificationTemplates(sender, signal),
    readOrganization: ({ signal }) => readOrganization(sender, signal),
    grantedPermissions: ({ signal }) => readRoles(tokens, signal),
  }
}
