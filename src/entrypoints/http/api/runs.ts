import { cancelRun } from '#domain/operations/cancel-run.ts'
import { listRuns } from '#domain/operations/list-runs.ts'
import { showRun } from '#domain/operations/show-run.ts'
import { findTenant } from '#domain/workspaces/find-tenant.ts'
import { asId } from '#foundation/kernel/ids.ts'
import { runDocument } from '#entrypoints/documents/run-document.ts'
import { timelineDocument } from '#entrypoints/documents/timeline-document.ts'
import { workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const runs = {
  list: os.runs.list.handler(async ({ context, input }) => {
    const ctx = workspaceOf(context)
    const { status, outcome, type, tenant, since, until, mine, cursor, limit } = input
    const { items, nextCursor } = await listRuns(context.db, ctx, {
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(status && { statuses: status }),
      ...(outcome && { outcomes: outcome }),
      ...(type && { types: type }),
      ...(since !== undefined && { since: new Date(since) }),
      ...(until !== undefined && { until: new Date(until) }),
      ...(mine === true && ctx.actor.kind === 'user' && { initiator: ctx.actor.userId }),
      ...(tenant !== undefined && { tenantId: (await findTenant(context.db, ctx, tenant)).tenantId }),
    })
    return { items: items.map(runDocument), nextCursor }
  }),
  get: os.runs.get.handler(async ({ context, input }) => {
    const { run, timeline } = await showRun(context.db, workspaceOf(context), asId(input.run))
    return { ...runDocument(run), timeline: timeline.map(timelineDocument) }
  }),
  cancel: os.runs.cancel.handler(async ({ context, input }) => ({
    disposition: await cancelRun(context.db, workspaceOf(context), asId(input.run)),
  })),
}
