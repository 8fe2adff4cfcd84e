import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface MeasuredServer extends AsyncDisposable {
  readonly url: string
  /** Processor time it has used so far. */
  cpuSeconds(): Promise<number>
  /** The most memory it had so far. */
  peakBytes(): Promise<number>
}

export async function startMeasuredServer(databaseUrl: string, dataDir: string): Promise<MeasuredServer> {
  const child = fork(join(import.meta.dirname, 'serve-program.ts'), [databaseUrl, dataDir])
  const gone = once(child, 'exit')
  // Safe: only `serve-program.ts` sends these.
  const answer = async () => {
    const first = await Promise.race([once(child, 'message'), gone.then(() => undefined)])
    if (first === undefined) throw new Error('the server ended')
    return first[0] as { readonly url: string; readonly cpuSeconds: number; readonly peakBytes: number }
  }
  const { url } = await answer()
  const usage = () => {
    const answered = answer()
    child.send('usage')
    return answered
  }
  return {
    url,
    cpuSeconds: async () => (await usage()).cpuSeconds,
    peakBytes: async () => (await usage()).peakBytes,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
