import { z } from 'zod'
import { procedureWithStatus } from '#contract/api/procedure.ts'
import { inTenant, started } from '#contract/api/schemas.ts'

export const inventory = {
  sync: procedureWithStatus(
    { access: 'inventory.sync', effect: 'start', audit: null },
    {
      method: 'POST',
      path: '/workspaces/{workspace}/tenants/{tenant}/inventory/sync',
      summary: 'Observe a tenant: its policies, assignments, groups, filters and scope tags',
      description: 'Starts a run; where one is under way, that one is answered.',
      tag: 'inventory',
    },
  )
    .input(z.strictObject(inTenant))
    .output(started),
} as const
