import type { RunFilters } from '#contract/api/runs.ts'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { requireOperationType } from '#domain/operations/catalog.ts'
import type { RunListOptions } from '#domain/operations/list-runs.ts'
import { retryRun } from '#domain/operations/retry-run.ts'
import { showRun } from '#domain/operations/show-run.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import type { Capability } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { given } from '#foundation/kernel/given.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import { runItemDocument } from '#entrypoints/documents/run-item-document.ts'
import { timelineDocument } from '#entrypoints/documents/timeline-document.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { triggerOf, workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { overrideOf } from '#entrypoints/http/api/override-cooldown.ts'
import { requireCapability } from '#entrypoints/http/api/require-capability.ts'

export const runs = {
  list: os.runs.list.handler(async ({ context, input }) => {
    const ctx = workspaceOf(context)
    const { limit, cursor, tenant } = input
    const { items, nextCursor } = await listRuns(context.db, ctx, {
      limit,
      ...given({ cursor }),
      ...filtersOf(input),
      ...initiatorOf(ctx, input),
      ...(tenant !== undefined && {
        tenantId: (await findTenant(context.db, ctx, tenant, { withArchived: true })).tenantId,
      }),
    })
    return { items: items.map(runDocument), nextCursor }
  }),
  get: os.runs.get.handler(async ({ context, input }) => {
    const { run, timeline } = await showRun(context.db, workspaceOf(context), asId(input.run))
    return { ...runDocument(run), timeline: timeline.map(timelineDocument) }
  }),
  items: os.runs.items.handler(async ({ context, input }) => {
    const { run, cursor, limit } = input
    const page = { limit, ...(cursor !== undefined && { cursor }) }
    const { items, nextCursor } = await listRunItems(context.db, workspaceOf(context), asId(run), page)
    return { items: items.map(runItemDocument), nextCursor }
  }),
  cancel: os.runs.cancel.handler(async ({ context, input }) => ({
    disposition: await cancelRun(context.db, workspaceOf(context), asId(input.run)),
  })),
  retry: os.runs.retry.handler(async ({ context, input }) => {
    const requires = (capability: Capability) => requireCapability(context, capability)
    const options = { trigger: triggerOf(context), requires, ...overrideOf(context, input.override) } as const
    return answerStart(await retryRun(context.db, workspaceOf(context), asId(input.run), options))
  }),
}

function filtersOf({ status, outcome, type, trigger, freshness, since, until }: RunFilters): RunListOptions {
  const momentOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
  const times = { since: momentOf(since), until: momentOf(until) }
  return given({
    statuses: status,
    outcomes: outcome,
    types: type?.map(requireOperationType),
    triggers: trigger,
    freshness,
    ...times,
  })
}

/** Of two, the caller's own. */
function initiatorOf({ actor }: WorkspaceContext, { mine, initiator }: RunFilters): RunListOptions {
  if (mine === true && actor.kind === 'user') return { initiator: actor.userId }
  return initiator === undefined ? {} : { initiator: { name: initiator } }
}
