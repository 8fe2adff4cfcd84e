import { approveRestore } from '#domain/restore/approve-restore.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { listRestores } from '#domain/restore/list-restores.ts'
import { planRestore, type PlannedRestore } from '#domain/restore/plan-restore.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import { undoRestore } from '#domain/restore/undo-restore.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { RestoreRunId } from '#foundation/kernel/ids.ts'
import { notACursor, readColumns, writeColumns } from '#foundation/kernel/list-cursor.ts'
import { restoreDetailDocument, restoreDocument } from '#entrypoints/documents/restore-document.ts'
import { personOf, tenantOf, triggerOf } from '#entrypoints/http/api/api-context.ts'
import { backupOf } from '#entrypoints/http/api/backup-of.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { policyTypeOf, policyTypesOf } from '#entrypoints/http/api/policy-types.ts'

export const restores = {
  list: os.restores.list.handler(async ({ context, input: { limit, cursor } }) => {
    const tenant = tenantOf(context)
    const { items, nextCursor } = await listRestores(context.db, tenant, { limit, cursor })
    return { items: items.map((restore) => restoreDocument(tenant, restore)), nextCursor }
  }),
  plan: os.restores.plan.handler(async ({ context, input }) => {
    const tenant = tenantOf(context)
    const policies = input.policies?.map(({ type, graphId }) => ({ type: policyTypeOf(type), graphId }))
    const types = policyTypesOf(input.types)
    const planned = await planRestore(context.db, tenant, {
      backupSetId: await backupOf(context.db, tenant, input.backup),
      mode: input.mode,
      ...(policies && { policies }),
      ...(types && { types }),
      onlyChanged: policies === undefined,
      trigger: triggerOf(context),
    })
    return planAnswer(planned)
  }),
  get: os.restores.get.handler(async ({ context, input }) => {
    const { restore, limit, cursor, plan } = input
    const tenant = tenantOf(context)
    const view = await showRestore(context.db, tenant, {
      restoreRunId: asId(restore),
      limit,
      ...(plan && { plan }),
      ...(cursor !== undefined && { after: ordinalOf(cursor) }),
    })
    const { nextOrdinal } = view
    return {
      ...restoreDetailDocument(tenant, view),
      nextCursor: nextOrdinal === null ? null : writeColumns([nextOrdinal]),
    }
  }),
  apply: os.restores.apply.handler(async ({ context, input }) => {
    const ensured = await confirmRestore(context.db, tenantOf(context), {
      restoreRunId: asId(input.restore),
      planHash: input.planHash,
      tenantName: input.confirm,
      trigger: triggerOf(context),
    })
    return answerStart(ensured)
  }),
  approve: os.restores.approve.handler(async ({ context, input: { restore, planHash, reason } }) => {
    const tenant = tenantOf(context)
    const approval = { restoreRunId: asId<RestoreRunId>(restore), planHash, reason }
    return restoreDocument(tenant, await approveRestore(context.db, tenant, personOf(context), approval))
  }),
  undo: os.restores.undo.handler(async ({ context, input }) =>
    planAnswer(
      await undoRestore(context.db, tenantOf(context), {
        restoreRunId: asId(input.restore),
        trigger: triggerOf(context),
      }),
    ),
  ),
}

function planAnswer({ restoreRunId: restore, previewRunId: run }: PlannedRestore) {
  return { status: 202, body: { restore, run, disposition: 'created', retryAt: null } } as const
}

/** The place in the plan after which a page begins. @throws Failure `invalid_input` for a cursor that no page gave */
function ordinalOf(cursor: string): number {
  const [ordinal] = readColumns(cursor)
  if (typeof ordinal === 'number' && Number.isInteger(ordinal) && ordinal >= 0 && ordinal < 2 ** 31) return ordinal
  throw notACursor()
}
