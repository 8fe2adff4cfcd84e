import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { WorkerProgramSettings } from '#entrypoints/worker/worker-program.fixture.ts'

const program = join(import.meta.dirname, 'worker-program.fixture.ts')

/** Test only: the worker program as a real process; disposing kills it if it still lives. */
export function spawnWorkerProgram(settings: WorkerProgramSettings, failpoint?: string) {
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(failpoint !== undefined && { TENANTATLAS_FAILPOINT: failpoint }) },
  })
  const exited = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }))
  return {
    pid: child.pid ?? 0,
    exited,
    isGone: () => child.exitCode !== null || child.signalCode !== null,
    kill: (signal: 'SIGKILL' | 'SIGTERM') => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
