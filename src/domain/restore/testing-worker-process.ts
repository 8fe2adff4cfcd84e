/** For the tests and the fault matrix: the worker program of `testing-worker.ts` as a process that is made to end. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorkerArguments } from '#domain/restore/testing-worker.ts'

export interface WorkerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it said last; a sound worker says nothing. */
  readonly complaint: string
}

export interface WorkerProcess extends AsyncDisposable {
  readonly exited: Promise<WorkerExit>
  isGone(): boolean
  /** Freezes it, as a machine that sleeps does, and lets it go on. */
  freeze(): void
  thaw(): void
  /** Asks it to stop, as a deployment does; resolves when it is gone. */
  stop(): Promise<WorkerExit>
}

export interface WorkerSpawn {
  /** The path of another program. */
  readonly program?: string
  /** Hears everything it says. */
  readonly listener?: Readonly<Record<'stdout' | 'stderr', (chunk: Buffer) => void>>
}

export const workerProgram = fileURLToPath(new URL('./testing-worker.ts', import.meta.url))

/** Resolves when it works, or is gone already; with a failpoint (`name:kill@n`) it ends there. Disposing kills it. */
export async function spawnWorker(
  args: WorkerArguments,
  failpoint = '',
  { program = workerProgram, listener }: WorkerSpawn = {},
): Promise<WorkerProcess> {
  const env = { TENANTATLAS_FAILPOINT: failpoint }
  return spawnProgram([program, JSON.stringify(args)], { env, ...(listener && { listener }) })
}

/** Any program in the place of a worker; resolves when it says something, or is gone already. */
export async function spawnProgram(
  command: readonly string[],
  { env = {}, listener }: { readonly env?: NodeJS.ProcessEnv } & Pick<WorkerSpawn, 'listener'> = {},
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4_000)))
  if (listener !== undefined) {
    child.stdout.on('data', listener.stdout)
    child.stderr.on('data', listener.stderr)
  }
  const exited = new Promise<WorkerExit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, complaint }))
  })
  await Promise.race([once(child.stdout, 'data'), exited])
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    return exited
  }
  return {
    exited,
    isGone: () => child.exitCode !== null || child.signalCode !== null,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  }
}
