import { z } from 'zod'
import { procedure } from '#contract/api/procedure.ts'
import { inWorkspace } from '#contract/api/schemas.ts'

const tag = 'retention'
const path = '/workspaces/{workspace}/retention'

export const retentionDocument = z.object({
  runsDays: z.number(),
  auditDays: z.number(),
  /** Null: no such rule. A backup that any rule keeps is kept; without a rule all are. */
  backupsKeepLast: z.number().nullable(),
  backupsKeepDays: z.number().nullable(),
})
export type RetentionDocument = z.output<typeof retentionDocument>

const days = z.number().int()

export const retention = {
  show: procedure(
    { access: 'operations.view', effect: 'read', audit: null },
    { method: 'GET', path, summary: 'Show how long the workspace keeps things', tag },
  )
    .input(z.strictObject(inWorkspace))
    .output(retentionDocument),
  change: procedure(
    { access: 'retention.manage', effect: 'change', audit: 'retention.change', ifMatch: true },
    {
      method: 'PATCH',
      path,
      summary: 'Change how long the workspace keeps things',
      description: 'What is left out stays as it is. In force at the next nightly pruning.',
      tag,
    },
  )
    .input(
      z.strictObject({
        ...inWorkspace,
        runsDays: days.optional(),
        auditDays: days.optional(),
        backupsKeepLast: days.nullable().optional(),
        backupsKeepDays: days.nullable().optional(),
      }),
    )
    .output(retentionDocument),
} as const
