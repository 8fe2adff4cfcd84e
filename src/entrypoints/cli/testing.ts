/**
 * Test only: the program as people run it, as processes of their own on a data directory of their own.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const program = join(import.meta.dirname, '../../main.ts')

export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string>>

/** Starts the program; its output is collected, its input closed unless the test keeps it open. */
export function startCli(args: readonly string[], env: Environment, options: { stdin?: string } = {}): { child: ChildProcess; result: Promise<CliResult> } {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(options.stdin ?? '')
  const result = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(([stdout, stderr]) => ({
    exitCode: child.exitCode,
    stdout,
    stderr,
  }))
  return { child, result }
}

export async function runCli(args: readonly string[], env: Environment, options: { stdin?: string } = {}): Promise<CliResult> {
  return startCli(args, env, options).result
}

export interface TestInstallation extends AsyncDisposable {
  readonly pageUrl: string
  readonly simulatorUrl: string
  readonly env: Environment
  readonly dataDir: string
  readonly child: ChildProcess
  run(...args: string[]): Promise<CliResult>
  request(port: number, init: { method?: string; host?: string; headers?: RequestInit['headers'] }): Promise<{ status: number; headers: IncomingHttpHeaders }>
}

/** `tenantatlas up` with a data directory and ports of its own; disposing stops it and expects it to end well. */
export async function startInstallation(options: { dataDir?: string } = {}): Promise<TestInstallation> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tenantatlas-test-')))
  const [port, simulatorPort] = [await freePort(), await freePort()]
  const env = { TENANTATLAS_DATA_DIR: dataDir, TENANTATLAS_LOG_LEVEL: 'warn', NO_COLOR: '1' }
  const { child, result } = startCli(['up', '--port', String(port), '--simulator-port', String(simulatorPort)], env)
  await untilReady(child, result)
  return {
    pageUrl: `http://localhost:${port}`,
    simulatorUrl: `http://127.0.0.1:${simulatorPort}`,
    env,
    dataDir,
    child,
    run: (...args) => runCli(args, env),
    request: ask,
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT')
      const { exitCode, stderr } = await result
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
      if (exitCode !== 0) throw new Error(`\`tenantatlas up\` ended with ${exitCode}:\n${stderr}`)
    },
  }
}

async function untilReady(child: ChildProcess, result: Promise<CliResult>): Promise<void> {
  let said = ''
  const ready = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('TenantAtlas is ready')) resolve()
    })
  })
  const ended = result.then(({ exitCode, stderr }) => {
    throw new Error(`\`tenantatlas up\` ended with ${exitCode} before it was ready:\n${stderr}`)
  })
  await Promise.race([ready, ended])
  ended.catch(() => undefined)
}

/** With a Host header of choice, which `fetch` does not allow. */
function ask(
  port: number,
  { method = 'GET', host = 'localhost', headers = {} }: { method?: string; host?: string; headers?: RequestInit['headers'] },
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const all = { ...Object.fromEntries(new Headers(headers)), host: `${host}:${port}` }
    const sent = request({ host: '127.0.0.1', port, path: '/w/demo', method, headers: all }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, headers: response.headers })
    })
    sent.on('error', reject)
    sent.end()
  })
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  return port
}
