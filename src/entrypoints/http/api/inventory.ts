import { startRun } from '#domain/operations/ensure-run.ts'
import { tenantOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'
import { startAnswer } from '#entrypoints/http/api/start-answer.ts'

export const inventory = {
  sync: os.inventory.sync.handler(async ({ context }) =>
    startAnswer(await startRun(context.db, tenantOf(context), { type: 'inventory.sync', input: {}, trigger: 'api' })),
  ),
}
