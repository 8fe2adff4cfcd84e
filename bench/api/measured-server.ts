import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface MeasuredServer extends AsyncDisposable {
  readonly url: string
  /** Processor time it has used so far. */
  cpuSeconds(): Promise<number>
}

export async function startMeasuredServer(databaseUrl: string, dataDir: string): Promise<MeasuredServer> {
  const child = fork(join(import.meta.dirname, 'serve-program.ts'), [databaseUrl, dataDir])
  const gone = once(child, 'exit')
  // Safe: only `serve-program.ts` sends these.
  const answer = async () => {
    const first = await Promise.race([once(child, 'message'), gone.then(() => undefined)])
    if (first === undefined) throw new Error('the server ended')
    return first[0] as { readonly url: string; readonly cpuSeconds: number }
  }
  const { url } = await answer()
  return {
    url,
    async cpuSeconds() {
      const answered = answer()
      child.send('cpu')
      return (await answered).cpuSeconds
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
