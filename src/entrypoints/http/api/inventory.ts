import { startRun } from '#domain/operations/ensure-run.ts'
import { tenantOf, triggerOf } from '#entrypoints/http/api/api-context.ts'
import { answerStart } from '#entrypoints/http/api/answer-start.ts'
import { os } from '#entrypoints/http/api/implement.ts'

export const inventory = {
  sync: os.inventory.sync.handler(async ({ context }) =>
    answerStart(
      await startRun(context.db, tenantOf(context), { type: 'inventory.sync', input: {}, trigger: triggerOf(context) }),
    ),
  ),
}
