import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { SlowPlan } from './slow-plan.ts'

const count = z.object({
  connected: z.number(),
  /** Connections the server ended so far. */
  letGo: z.number(),
})

export interface SlowClients extends AsyncDisposable {
  count(): Promise<z.infer<typeof count>>
}

/** Resolves when nine of ten are connected; the others are being replaced. */
export async function startSlowClients(plan: SlowPlan): Promise<SlowClients> {
  const child = fork(join(import.meta.dirname, 'slow-clients.ts'), [JSON.stringify(plan)])
  const gone = once(child, 'exit')
  const clients: SlowClients = {
    async count() {
      const answered = once(child, 'message')
      child.send('count')
      return count.parse((await answered)[0])
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
  const all = Object.values(plan.clients).reduce((sum, n) => sum + n, 0)
  while ((await clients.count()).connected < 0.9 * all) await pause(200)
  return clients
}
