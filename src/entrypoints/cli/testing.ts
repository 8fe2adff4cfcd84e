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
import { expect } from 'vitest'
import { confinementOf } from '../../../tools/confine.mjs'

const root = join(import.meta.dirname, '../../..')
const program = join(root, 'src/main.ts')

export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartedCli {
  readonly child: ChildProcess
  readonly result: Promise<CliResult>
}

export type Environment = Readonly<Record<string, string>>

/** Starts the program, confined as the launcher does; its output is collected, its input closed unless the test keeps it open. */
export function startCli(args: readonly string[], env: Environment, options: { stdin?: string } = {}): StartedCli {
  const child = spawn(process.execPath, [...confinementOf(root, args, env), program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(options.stdin ?? '')
  const result = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr]) => ({
      exitCode: child.exitCode,
      stdout,
      stderr,
    }),
  )
  return { child, result }
}

export async function runCli(
  args: readonly string[],
  env: Environment,
  options: { stdin?: string } = {},
): Promise<CliResult> {
  return startCli(args, env, options).result
}

export interface TestInstallation extends AsyncDisposable {
  readonly pageUrl: string
  /** While nobody can sign in. */
  readonly setupUrl: string | undefined
  readonly simulatorUrl: string
  readonly env: Environment
  readonly dataDir: string
  readonly child: ChildProcess
  run(...args: string[]): Promise<CliResult>
  request(
    port: number,
    init: { method?: string; host?: string; headers?: RequestInit['headers'] },
  ): Promise<{ status: number; headers: IncomingHttpHeaders }>
}

/** `tenantatlas up` with a data directory and ports of its own; disposing stops it and expects it to end well. */
export async function startInstallation(
  options: { dataDir?: string; simulatorPort?: number; simulator?: false } = {},
): Promise<TestInstallation> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tenantatlas-test-')))
  const [port, simulatorPort] = [await freePort(), options.simulatorPort ?? (await freePort())]
  const env = {
    TENANTATLAS_DATA_DIR: dataDir,
    TENANTATLAS_LOG_LEVEL: 'warn',
    TENANTATLAS_METRICS_PORT: '0',
    NO_COLOR: '1',
  }
  const args = ['up', '--port', String(port), '--simulator-port', String(simulatorPort)]
  const started = startCli(options.simulator === false ? [...args, '--no-simulator'] : args, env)
  const { child, result } = started
  const said = await untilSaid(started, 'Ctrl-C stops everything')
  return {
    pageUrl: `http://localhost:${port}`,
    setupUrl: /http:\S+\/setup#\S+/.exec(said)?.[0],
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

/** Resolves with all it said once a program said something; rejects when it ends before. */
export async function untilSaid({ child, result }: StartedCli, text: string): Promise<string> {
  let said = ''
  const heard = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes(text)) resolve()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
  })
  const ended = result.then(({ exitCode, stderr }) => {
    throw new Error(`it ended with ${exitCode} before it said "${text}":\n${stderr}`)
  })
  await Promise.race([heard, ended])
  ended.catch(() => undefined)
  return said
}

/** With a Host header of choice, which `fetch` does not allow. */
function ask(
  port: number,
  {
    method = 'GET',
    host = 'localhost',
    headers = {},
  }: { method?: string; host?: string; headers?: RequestInit['headers'] },
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

// Maps whose keys are data: counts differ by operation, settings by app.
const maps = ['counts', 'context', 'settings', 'schedule']

/** The fields of a JSON document as paths, sorted: `[].tenant.id`. Values and their kinds do not matter. */
export function fieldsOf(document: unknown): string[] {
  return [...new Set(pathsOf(document, ''))].toSorted()
}

function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((element) => pathsOf(element, `${path}[]`))
  if (typeof value !== 'object' || value === null) return path === '' || path.endsWith('[]') ? [] : [path]
  return Object.entries(value).flatMap(([key, member]) => {
    const name = path === '' ? key : `${path}.${key}`
    return maps.includes(key) ? [name] : [name, ...pathsOf(member, name)]
  })
}

/** One sentence on standard error, nothing on standard output, no stack trace, the exit code of the reason. */
export function expectRefusal({ stdout, stderr, exitCode }: CliResult, wanted: number, message: string | RegExp): void {
  expect(stderr).toMatch(message)
  expect(stdout).toBe('')
  expect(stderr).not.toMatch(/^ {4}at |Error:/m)
  expect(exitCode).toBe(wanted)
}
