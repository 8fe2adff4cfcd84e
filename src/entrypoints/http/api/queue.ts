import { requireOperationType } from '#domain/operations/catalog.ts'
import { setLaneLimit } from '#domain/operations/limit-lane.ts'
import { pauseLane, resumeLane } from '#domain/operations/pause-lane.ts'
import { pauseType, resumeType } from '#domain/operations/pause-type.ts'
import { showQueue } from '#domain/operations/show-queue.ts'
import { queueDocument } from '#entrypoints/documents/queue-document.ts'
import { tenantOf, workspaceOf } from '#entrypoints/http/api/api-context.ts'
import { os } from '#entrypoints/http/api/implement.ts'

const done = { ok: true } as const

export const queue = {
  show: os.queue.show.handler(async ({ context }) => queueDocument(await showQueue(context.db, workspaceOf(context)))),
  pauseTenant: os.queue.pauseTenant.handler(async ({ context, input }) => {
    await pauseLane(context.db, tenantOf(context), input)
    return done
  }),
  resumeTenant: os.queue.resumeTenant.handler(async ({ context }) => {
    await resumeLane(context.db, tenantOf(context))
    return done
  }),
  limitTenant: os.queue.limitTenant.handler(async ({ context, input }) => {
    await setLaneLimit(context.db, tenantOf(context), input.limit)
    return done
  }),
  pauseWorkspace: os.queue.pauseWorkspace.handler(async ({ context, input }) => {
    await pauseLane(context.db, workspaceOf(context), input)
    return done
  }),
  resumeWorkspace: os.queue.resumeWorkspace.handler(async ({ context }) => {
    await resumeLane(context.db, workspaceOf(context))
    return done
  }),
  limitWorkspace: os.queue.limitWorkspace.handler(async ({ context, input }) => {
    await setLaneLimit(context.db, workspaceOf(context), input.limit)
    return done
  }),
  pauseType: os.queue.pauseType.handler(async ({ context, input }) => {
    await pauseType(context.db, workspaceOf(context), requireOperationType(input.type), input)
    return done
  }),
  resumeType: os.queue.resumeType.handler(async ({ context, input }) => {
    await resumeType(context.db, workspaceOf(context), requireOperationType(input.type))
    return done
  }),
}
