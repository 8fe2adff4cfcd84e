import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SecretWatch } from '../canaries/secret-watch.ts'
import { onHost, type HostName } from './network.ts'

export interface HostSettings {
  readonly name: HostName
  /** Of all hosts; each has its data folder below it. */
  readonly folder: string
  /** The private key that opens the credentials: every host needs it. */
  readonly keyFile: string
  readonly databaseUrl: string
  readonly leaseSeconds: number
  readonly watch: SecretWatch
  /** Default: what runs on a host. */
  readonly program?: string
  /** Where this host's programs find the simulator on their loopback, and where the hub has it. */
  readonly simulatorPorts: { readonly here: number; readonly hub: number }
}

export interface Host extends AsyncDisposable {
  readonly name: HostName
  isGone(): boolean
  /** What it said so far; never empty when it did not end well. */
  said(): string
  readonly exited: Promise<number | null>
  /** Asks it to stop, as a deployment does; resolves to its exit code. */
  stop(): Promise<number | null>
}

/** A host with a worker on it; disposing kills it. */
export async function startHost(settings: HostSettings): Promise<Host> {
  const { name, folder, keyFile, databaseUrl, leaseSeconds, simulatorPorts, watch } = settings
  const { program = join(import.meta.dirname, 'host.ts') } = settings
  const dataDir = join(folder, name)
  await mkdir(join(dataDir, 'keys'), { recursive: true })
  await copyFile(keyFile, join(dataDir, 'keys', basename(keyFile)))
  const ports = [String(simulatorPorts.here), String(simulatorPorts.hub)]
  const [command = '', ...args] = onHost(name, [process.execPath, program, ...ports])
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TENANTATLAS_DATA_DIR: dataDir,
      TENANTATLAS_LOG_LEVEL: 'debug',
      TENANTATLAS_LEASE_SECONDS: String(leaseSeconds),
      TENANTATLAS_HEARTBEAT_SECONDS: String(leaseSeconds / 3),
    },
  })
  const listener = watch.listen()
  child.stdout.on('data', listener.stdout)
  child.stderr.on('data', listener.stderr)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-8_000)))
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    return exited
  }
  return {
    name,
    isGone: () => child.exitCode !== null || child.signalCode !== null,
    said: () => said,
    exited,
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  }
}
