/** Starts the simulator as a program of its own, for tests, benchmarks and demonstrations. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { SimulatorControl } from './control.ts'
import { createControl } from './control.ts'
import type { SimulatorOptionsInput } from './options.ts'
import type { Ready } from './ready.ts'

export interface StartSimulatorOptions extends SimulatorOptionsInput {
  /** Aborting it stops the simulator. */
  readonly signal?: AbortSignal
}

export interface StartedSimulator extends AsyncDisposable {
  /** Where sign-in, Graph (`/beta`, `/v1.0`) and the control API are. */
  readonly url: string
  readonly pid: number
  /** The journal's file. */
  readonly journal: string
  readonly tenants: Ready['tenants']
  readonly control: SimulatorControl
  /** Asks it to stop and resolves once it is gone. */
  stop(): Promise<void>
  /** Resolves once it is gone, for whatever reason. */
  readonly gone: Promise<void>
}

const program = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Starts it on a free port unless one is given; rejects with its own sentence when it cannot start. */
export async function startSimulator({ signal, ...options }: StartSimulatorOptions = {}): Promise<StartedSimulator> {
  signal?.throwIfAborted()
  const args = [program, '--ready-json', '--with-parent', '--options', JSON.stringify({ port: 0, ...options })]
  // Its standard input stays open as long as this process lives: when it closes, the simulator ends.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await gone
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })
  const { url, pid, journal, tenants } = await readyOf(child)
  return { url, pid, journal, tenants, control: createControl(url), stop, gone, [Symbol.asyncDispose]: stop }
}

function readyOf(child: ChildProcess): Promise<Ready> {
  let complaint = ''
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(complaint.trim() || `The simulator ended with exit code ${code}.`)))
    child.stderr?.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-4000)
    })
    if (!child.stdout) return
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Ready))
  })
}
