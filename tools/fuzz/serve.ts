import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export interface ServedProcess extends AsyncDisposable {
  readonly url: string
  /** Undefined while it lives. */
  readonly exit: () => string | undefined
  /** What it logged, which is nothing but errors. */
  readonly logged: () => string
}

/** Starts the server in a process of its own, and waits until it serves. */
export async function startServing(databaseUrl: string, dataDir: string): Promise<ServedProcess> {
  const child = fork(join(import.meta.dirname, 'serve-program.ts'), [databaseUrl, dataDir], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let [logged, exit]: [string, string | undefined] = ['', undefined]
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (logged = `${logged}${chunk.toString()}`.slice(-200_000)))
  const gone = once(child, 'exit').then(([code, signal]) => (exit = `it ended with ${signal ?? code}`))
  const first = await Promise.race([once(child, 'message'), gone])
  if (typeof first === 'string') throw new Error(`the server did not start: ${first}\n${logged}`)
  const { url } = first[0] as { readonly url: string }
  return {
    url,
    exit: () => exit,
    logged: () => logged,
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
