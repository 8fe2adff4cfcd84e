import { z } from 'zod'

const slowPlan = z.object({
  /** Address of a workspace in the API. */
  at: z.string(),
  /** API keys of its members, who take turns. */
  keys: z.array(z.string()),
  /** How many send a head slowly, a body, or take answers slowly. */
  clients: z.object({ head: z.number(), body: z.number(), reading: z.number() }),
})

export type SlowPlan = z.infer<typeof slowPlan>
export type SlowKind = keyof SlowPlan['clients']

export function parseSlowPlan(json: string | undefined): SlowPlan {
  return slowPlan.parse(JSON.parse(json ?? ''))
}
